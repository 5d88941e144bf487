-- What outvetd asks of an MTA that offers everything.
dofile(lib)
conn = connect()
for name, option in pairs({connect = SMFIP_NR_CONN, helo = SMFIP_NR_HELO, mail = SMFIP_NR_MAIL,
        rcpt = SMFIP_NR_RCPT, header = SMFIP_NR_HDR, eoh = SMFIP_NR_EOH, body = SMFIP_NR_BODY,
        data = SMFIP_NODATA, unknown = SMFIP_NOUNKNOWN, space = SMFIP_HDR_LEADSPC,
        skip = SMFIP_SKIP}) do
    check(mt.test_option(conn, option), name)
end
for _, action in ipairs({SMFIF_CHGBODY, SMFIF_ADDRCPT, SMFIF_DELRCPT, SMFIF_CHGFROM}) do
    check(not mt.test_action(conn, action), "no right that is not used")
end
mt.disconnect(conn)
