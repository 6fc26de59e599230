"""What people pay by hand, apart from bank transfers: the cash desk and the insurance window."""
