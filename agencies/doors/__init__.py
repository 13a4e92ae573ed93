"""What every door of every room builds on: authentication, strict input, paging, idempotency, rendering."""
