"""The overview in the window: the page of figures, and the bars that it is drawn with."""
