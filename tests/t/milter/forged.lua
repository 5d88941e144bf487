-- Fields that only Outvet may write are taken out, whoever wrote them, however they are spelt.
dofile(lib)
conn = connect()

envelope(conn)
header(conn, "please tag", "forged")
mt.header(conn, "X-Outvet-Score", " 0.00 (accept)")
mt.header(conn, "x-outvet-SCORE", " 0.00 (accept)")
mt.header(conn, "X-Outvet-Hits", " none")
mt.header(conn, "X-OUTVET-Route", " around")
check(finish(conn) == SMFIR_CONTINUE, "tagged")
for _, name in ipairs({"X-Outvet-Score", "X-Outvet-Hits", "X-OUTVET-Route"}) do
    check(mt.eom_check(conn, MT_HDRDELETE, name), name .. " is deleted")
end
check(mt.eom_check(conn, MT_HDRINSERT, "X-Outvet-Score", " 4.00 (tag)"), "ours is there")

envelope(conn)
header(conn, "A letter", "forged-accepted")
mt.header(conn, "X-Outvet-Id", " 1")
check(finish(conn) == SMFIR_CONTINUE, "accepted")
check(mt.eom_check(conn, MT_HDRDELETE, "X-Outvet-Id"), "deleted from accepted mail too")

envelope(conn)
header(conn, "A letter", "flood")
for n = 1, 101 do
    mt.header(conn, "X-Outvet-" .. n, " 1")
end
check(finish(conn) == SMFIR_REPLYCODE, "too many are refused")
mt.disconnect(conn)
