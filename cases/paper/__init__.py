"""A case on paper: the approval sheet, the dossier cover and the leg list, as PDF (printing.print_paper)."""
