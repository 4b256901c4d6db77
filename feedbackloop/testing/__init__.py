"""What helps to test a connector: the contract suite, an in-memory connector, makers of records, a loopback helpdesk."""
