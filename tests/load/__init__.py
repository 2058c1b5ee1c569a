"""`make load`: people of three roles at a served site of a size, beside a bare page under the same server."""
