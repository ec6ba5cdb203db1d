"""The ladder: eight steps and their gates as data, measures of gates, readings. Only a met gate grants anything."""
