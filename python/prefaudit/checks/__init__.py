"""The checks: one question a file. `base` holds their contract, `registry` finds them."""
