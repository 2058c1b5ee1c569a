"""The finding of firms that stand twice: names in one spelling, candidates by keys, features, the trained model, clusters.

It knows values and the lists of config/firms, no tables; `services.profiles.duplicates` asks it about stored firms.
"""
