"""Reports of units: what is asked when, how it comes (page, workbook, API), what becomes of it."""
