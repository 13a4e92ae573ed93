"""What officers and administrators may do to accounts and appointments; every act leaves an audit event."""
