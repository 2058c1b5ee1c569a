"""Orders for programs: the shapes of what is sent and answered, and the operations. What no page of an order does may not be done here."""
