"""The enclosure as code: parts, checks, pictures. All measures stand in dimensions.csv."""
