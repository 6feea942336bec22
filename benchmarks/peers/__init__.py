"""The peers: each as its own papers show it, with the same sessions as ours."""
