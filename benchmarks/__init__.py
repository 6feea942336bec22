"""How fast impulscal is: each figure is measured beside a peer or a limit, in the same run."""
