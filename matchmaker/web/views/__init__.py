"""Views, a module an audience: parse, call one service, show."""
