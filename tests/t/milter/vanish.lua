-- RSET, and a client or an MTA that vanishes, after each step of the dialogue: the next message,
-- on this connection or the next, has nothing of the last.
dofile(lib)

steps = {
    function(conn) succeed(mt.mailfrom(conn, "<gone@sandbox.example>"), "mailfrom") end,
    function(conn) succeed(mt.rcptto(conn, "<nobody@outside.example>"), "rcptto") end,
    function(conn) succeed(mt.header(conn, "Subject", " please reject"), "header") end,
    function(conn) succeed(mt.header(conn, "X-Outvet-Score", " 0"), "header") end,
    function(conn) succeed(mt.eoh(conn), "eoh") end,
    function(conn) succeed(mt.bodystring(conn, "gone\r\n"), "body") end,
}

for last = 1, #steps do
    conn = connect()
    for n = 1, last do
        steps[n](conn)
    end
    succeed(mt.abort(conn), "abort after " .. last)
    check(tell(conn, "A letter", "reset-" .. last) == SMFIR_CONTINUE, "accepted after " .. last)
    check(not mt.eom_check(conn, MT_HDRDELETE), "nothing is left of the message before")
    mt.disconnect(conn)
end

for _, polite in ipairs({true, false}) do
    mt.disconnect(mt.connect(socket, 40, 0.25), polite)
    mt.disconnect(connect(), polite)
    for last = 1, #steps do
        conn = connect()
        for n = 1, last do
            steps[n](conn)
        end
        mt.disconnect(conn, polite)
    end
end

conn = connect()
check(tell(conn, "A letter", "vanished") == SMFIR_CONTINUE, "accepted at last")
mt.disconnect(conn)
