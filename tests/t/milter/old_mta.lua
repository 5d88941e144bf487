-- An MTA that offers no optional step: everything is answered, and verdicts are the same.
dofile(lib)
conn = connect(SMFIF_ADDHDRS + SMFIF_CHGHDRS + SMFIF_QUARANTINE, 0x7F)
check(not mt.test_option(conn, SMFIP_HDR_LEADSPC), "no leading space")
check(not mt.test_option(conn, SMFIP_NR_HDR), "no step without a reply")
check(not mt.test_action(conn, SMFIF_SETSYMLIST), "no choice of macros")
succeed(mt.mailfrom(conn, "<paul@sandbox.example>"), "mailfrom")
check(mt.getreply(conn) == SMFIR_CONTINUE, "MAIL FROM is answered")
succeed(mt.abort(conn), "abort")

check(tell(conn, "please hold", "old") == SMFIR_CONTINUE, "hold")
check(mt.eom_check(conn, MT_HDRINSERT, "X-Outvet-Score", "7.00 (hold)"), "no space of ours")
check(mt.eom_check(conn, MT_QUARANTINE), "quarantined")
mt.disconnect(conn)
