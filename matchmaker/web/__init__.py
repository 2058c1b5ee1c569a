"""The site: pages and the programming interface over the same services."""
