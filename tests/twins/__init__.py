"""The finding of twins measured: labelled sets in two halves, a plain baseline beside the product, the training of its model."""
