"""One style for every service: a layer's MapLibre style, understood once, written for programs that speak another language."""
