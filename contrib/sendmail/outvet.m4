dnl Outvet beside Sendmail: lines for sendmail.mc, after the DKIM signer's.
dnl
dnl F=T: when Outvet can't be reached, the client is asked to try again (tempfail); leave F= empty
dnl to let mail pass unjudged. T: C connecting, S sending, R reading a reply, E the end of the
dnl message, where Outvet judges and commits its record.
INPUT_MAIL_FILTER(`outvet', `S=unix:/run/outvet/milter.sock, F=T, T=C:10s;S:30s;R:30s;E:2m')dnl
dnl
dnl Outvet asks for the macros it needs when it connects (smfi_setsymlist), so none of the
dnl confMILTER_MACROS_* lists has to change.
dnl
dnl Sendmail adds a missing Date, Message-ID or From only after its milters have seen the message;
dnl Outvet knows, and does not blame the sender for them.
dnl
dnl Mail that local programs hand to sendmail(1) passes the milter too, as long as submit.cf hands
dnl it to the daemon on 127.0.0.1 (the default).
dnl
dnl A held message is quarantined: outvet held lists, shows, releases and deletes it, as mailq -qQ and
dnl sendmail -Q -qQ -qI<id> do. outvet suspend --queue quarantines what an account has in the queue.
dnl outvet.conf has no need to name Sendmail where Postfix is not installed; else: [mta] kind = sendmail.
