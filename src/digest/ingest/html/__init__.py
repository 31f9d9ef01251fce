"""What stands on an HTML page and where: the tree, its blocks in reading order, lists, headings, boxes."""
