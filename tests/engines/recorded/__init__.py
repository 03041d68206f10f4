"""What real servers answered, and the engines that ask them again: `make record-engines` makes the recordings."""
