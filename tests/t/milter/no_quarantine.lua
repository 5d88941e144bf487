-- An MTA without a hold queue for milters: hold becomes tempfail, or tag where so set; never accept.
dofile(lib)
conn = connect(SMFIF_ADDHDRS + SMFIF_CHGHDRS)
reply = tell(conn, "please hold", "unholdable")
check(not mt.eom_check(conn, MT_QUARANTINE), "no quarantine is asked for")
if instead == "tag" then
    check(reply == SMFIR_CONTINUE, "accepted")
    check(mt.eom_check(conn, MT_HDRINSERT, "X-Outvet-Score", " 7.00 (tag)"), "and tagged")
else
    check(reply == SMFIR_REPLYCODE, "not accepted")
end
mt.disconnect(conn)
