"""The commands `make check-NAME`, `make audit` and `make sbom`: each puts a promise of docs/security.md to the test and prints
its figure last.
"""
