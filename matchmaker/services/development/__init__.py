"""The development of suppliers: the ladder to a certificate, its steps and papers, the demand that is lost without it.

What counts as a certificate in force is decided by `domain.certificate`, what a certificate would open by `matching`.
"""
