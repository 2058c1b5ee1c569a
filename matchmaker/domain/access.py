"""Who may do what: the one policy that every door asks."""

ROLES = ("supplier_editor", "contractor_buyer", "operator", "centre_administrator", "network_administrator")
