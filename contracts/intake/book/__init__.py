"""The contract book: a workbook, or a folder of CSV files, that states facts."""
