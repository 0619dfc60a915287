"""The report form's pages and questions."""
