"""Orders of contracts: what was ordered, what each side says of their course, claims, and the hours booked for them.

Nobody outside the two sides and the centre of the need learns anything from here; what comes out of many orders is `delivery_records`
of the profiles.
"""
