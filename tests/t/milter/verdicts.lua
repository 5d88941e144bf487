-- Every verdict, one message after another on one connection.
dofile(lib)
conn = connect()

check(tell(conn, "A letter", "accepted") == SMFIR_CONTINUE, "accept")
check(not tagged(conn), "an accepted message is not tagged")
check(not mt.eom_check(conn, MT_QUARANTINE), "nor quarantined")

check(tell(conn, "please tag", "tagged") == SMFIR_CONTINUE, "tag")
check(mt.eom_check(conn, MT_HDRINSERT, "X-Outvet-Score", " 4.00 (tag)"), "score")
check(mt.eom_check(conn, MT_HDRINSERT, "X-Outvet-Hits", " TEST_TAG=4.00"), "hits")
check(mt.eom_check(conn, MT_HDRINSERT, "X-Outvet-Id"), "id")
check(not mt.eom_check(conn, MT_QUARANTINE), "a tagged message is not quarantined")

check(tell(conn, "please hold", "held") == SMFIR_CONTINUE, "hold")
check(mt.eom_check(conn, MT_QUARANTINE, "score 7.00: TEST_HOLD"), "the reason is given")
check(mt.eom_check(conn, MT_HDRINSERT, "X-Outvet-Score", " 7.00 (hold)"), "and the fields")

check(tell(conn, "please reject", "rejected") == SMFIR_REPLYCODE, "reject")
check(not tagged(conn), "a rejected message is not tagged")

check(tell(conn, "A letter", "after") == SMFIR_CONTINUE, "the next message is accepted")
mt.disconnect(conn)
