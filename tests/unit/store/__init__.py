"""Tests of the way from a query to an answer: loader, gathering, judging, answering, falling back."""
