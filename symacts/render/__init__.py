"""Values to text, HTML, LaTeX, Markdown and plots; nothing is computed here."""
