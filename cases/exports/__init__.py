"""Exports: lists as XLSX or PDF, made by the worker. kinds.py says what a list is, jobs.py what an officer does with an
export, running.py how it is made, spreadsheet.py and sheet.py how it is written."""
