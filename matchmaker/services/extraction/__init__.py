"""What files and texts propose for a form, kept until a person says yes or no to each, and forms half typed.

Nothing here changes a profile or a need by itself.
"""
