"""The development of suppliers: the ladder to a certificate, the demand that is lost without it, support measures and helpers.

What counts as a certificate in force is decided by `domain.certificate`, what a certificate would open by `matching`.
"""
