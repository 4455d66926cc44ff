"""From many grades to one mark: settings, drawing, marks and ratings. Pure."""
