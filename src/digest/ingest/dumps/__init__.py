"""What the lines of a page saved as plain text are: headline, takeaways, paragraphs, rails of teasers."""
