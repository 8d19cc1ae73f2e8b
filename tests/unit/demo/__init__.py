"""Tests of the demo organization: volumes that add up, money that follows from them, rules that hold."""
