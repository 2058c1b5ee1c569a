"""The questions to the matcher about needs and profiles, with the wording of its answers.

The filters and the ranking may not live here but in `search`, the operator's work on an answer in
`shortlist`.
"""
