"""Pure vocabulary: typed frozen values and rules, no input or output."""
