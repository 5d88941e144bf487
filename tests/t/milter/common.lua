-- What the scripts beside this one share. `socket` is given by -D.

function check(ok, what)
    if not ok then
        mt.echo("failed: " .. what) -- miltertest prints no error
        error(what, 2)
    end
end

function succeed(problem, what)
    check(problem == nil, what .. ": " .. tostring(problem))
end

-- A connection as Postfix's smtpd(8) makes it. offer, steps: what is on offer, all where nil.
function connect(offer, steps)
    local conn = mt.connect(socket, 40, 0.25)
    check(conn ~= nil, "connect")
    -- The manual page names actions before steps; miltertest takes them in this order.
    succeed(mt.negotiate(conn, 6, steps, offer), "negotiate")
    mt.macro(conn, SMFIC_CONNECT, "v", "Postfix 3.7.11", "{client_resolve}", "OK")
    succeed(mt.conninfo(conn, "client.example.com", "192.0.2.7"), "conninfo")
    succeed(mt.helo(conn, "client.example.com"), "helo")
    return conn
end

function envelope(conn)
    succeed(mt.mailfrom(conn, "<paul@sandbox.example>", "SIZE=1000"), "mailfrom")
    succeed(mt.rcptto(conn, "<ann@outside.example>"), "rcptto")
end

function header(conn, subject, id)
    succeed(mt.header(conn, "From", " Paul Miller <paul@sandbox.example>"), "From")
    succeed(mt.header(conn, "To", " Ann Weaver <ann@outside.example>"), "To")
    succeed(mt.header(conn, "Subject", " " .. subject), "Subject")
    succeed(mt.header(conn, "Date", " " .. now), "Date")
    succeed(mt.header(conn, "Message-ID", " <" .. id .. "@sandbox.example>"), "Message-ID")
    succeed(mt.header(conn, "MIME-Version", " 1.0"), "MIME-Version")
    succeed(mt.header(conn, "Content-Type", " text/plain; charset=us-ascii"), "Content-Type")
end

body = "Dear Ms Weaver,\r\n\r\nthank you for your call. The report that you asked for will be\r\n" ..
    "ready by Thursday.\r\n\r\nKind regards\r\nPaul Miller\r\n"

function finish(conn)
    succeed(mt.eoh(conn), "eoh")
    succeed(mt.bodystring(conn, body), "body")
    -- Macros of the last step of the envelope are the nearest that miltertest can give.
    mt.macro(conn, SMFIC_RCPT, "i", "4XyZ12abcDzQ")
    succeed(mt.eom(conn), "eom")
    return mt.getreply(conn)
end

-- A whole message; the reply to its end.
function tell(conn, subject, id)
    envelope(conn)
    header(conn, subject, id)
    return finish(conn)
end

function tagged(conn)
    return mt.eom_check(conn, MT_HDRINSERT, "X-Outvet-Score")
end
