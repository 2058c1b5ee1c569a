"""The exchange with other installations, without headquarters: the own key, the allow-list of neighbours, what may leave, signed bundles.

Neighbours' firms stand under a centre of their own and their needs are drafts, so that nothing is mixed with own facts.
"""
