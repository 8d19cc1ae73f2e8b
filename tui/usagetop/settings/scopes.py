"""Which cache belongs to which key: a salted digest, and the last one remembered.

The cache is apart for every key and server. With ``--offline`` no command is run to learn the key, so the
digest is remembered per profile and server in the state directory, and the last one of any profile for each
server, for a day on which no key is set at all.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from usagetop import paths
from usagetop.errors import UsagetopError
from usagetop.model.digests import blake2b
from usagetop.model.secret import Secret
from usagetop.settings.config import Settings
from usagetop.settings.keys import find_key

_SALT = b"usagetop key 1"
_DIGEST = re.compile(r"[0-9a-f]{32}")
_MOST_BYTES = 1_000_000
# Stands for "whichever profile": no profile can be named so, for names are printable.
_ANY = "\n"


def key_fingerprint(secret: Secret, base_url: str) -> str:
    """32 hexadecimal digits for a key at a server; the key cannot be found from them.

    A key has far more entropy than can be tried, so one fixed salt is enough: it makes the digest ours.
    """
    digest = blake2b(base_url.encode(), digest_size=16, salt=_SALT, key=secret.reveal().encode()[:64])
    digest.update(b"\0" + secret.reveal().encode())
    return digest.hexdigest()


def remember_fingerprint(settings: Settings, fingerprint: str) -> None:
    """Remember the digest for this profile and server (a file of mode 0600). What fails is left out."""
    known = _load()
    wanted = {_name(settings.profile, settings.base_url), _name(_ANY, settings.base_url)}
    if all(known.get(name) == fingerprint for name in wanted):
        return
    data = json.dumps({**known, **dict.fromkeys(wanted, fingerprint)}).encode()
    # Without a place to write, --offline has nothing to go by: no reason to fail now.
    from usagetop.settings import remembered  # a warm start has nothing to remember

    remembered.store(_file(), data)


def offline_fingerprint(settings: Settings, environ: Mapping[str, str] | None = None) -> str | None:
    """The digest whose cache is read offline, without running anything; None when no key was ever used.

    The key at hand (environment or file) decides; else what was remembered for the profile, else for the
    server.
    """
    with suppress(UsagetopError):
        return key_fingerprint(find_key(settings, environ, run_command=False).secret, settings.base_url)
    known = _load()
    return known.get(_name(settings.profile, settings.base_url)) or known.get(_name(_ANY, settings.base_url))


def _name(profile: str, base_url: str) -> str:
    return f"{profile} {base_url}"


def _file() -> Path:
    return paths.state_dir() / "scopes.json"


def _load() -> dict[str, str]:
    """What is remembered; nothing when the file is not there or not as it was written."""
    try:
        with _file().open("rb") as file:
            known = json.loads(file.read(_MOST_BYTES))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(known, dict):
        return {}
    return {
        name: value for name, value in known.items() if isinstance(value, str) and _DIGEST.fullmatch(value)
    }
