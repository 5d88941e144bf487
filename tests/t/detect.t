#!/usr/bin/perl
# outvet config detect on configurations of a real Postfix, which is never started.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use JSON::PP qw(decode_json);
use Outvet;
use Test::More;

my $main_cf = <<'END';
compatibility_level = 3.6
myhostname = mx.sandbox.example
inet_protocols = ipv4
smtp_bind_address = 192.0.2.7
smtp_tls_security_level = may
smtpd_milters = { unix:/run/opendkim/opendkim.sock, default_action = tempfail }, inet:127.0.0.1:8895
non_smtpd_milters = $smtpd_milters
END
my $master_cf = <<'END';
smtp inet n - n - - smtpd
submission inet n - n - - smtpd -o smtpd_sasl_auth_enable=yes
smtp unix - - n - - smtp
relay unix - - n - - smtp
news unix - - n - - smtp
  -o smtp_bind_address=192.0.2.8
  -o { smtp_helo_name = news.$mydomain }
discard unix - - n - - discard
END

# A place whose Postfix has these lines more in main.cf; settings: more of outvet.conf.
sub place {
    my ($more, $settings, %option) = @_;
    my $here = Outvet->new(settings => "[milter]\nsocket = inet:8895\@127.0.0.1\n\n" . ($settings // ''));
    $here->put('etc/main.cf', $option{main_cf} // "queue_directory = $here->{dir}\n" . $main_cf . ($more // ''));
    $here->put('etc/master.cf', $master_cf);
    return $here;
}
sub detect { my ($here, @words) = @_; return $here->run('config', 'detect', '--postfix-config', "$here->{dir}/etc", @words) }
# What is proposed of [egress]: [dns] is by this machine's resolv.conf.
sub settings_of { return join '', grep { !/^# / && /\S/ } split /^/, $_[0] =~ s/^\[dns\]\n.*//msr }

my $plain = "[egress]\naddresses = 192.0.2.7\nhelo = mx.sandbox.example\nsigning = before\ntls = yes\n";
my $news = "addresses = 192.0.2.8\nhelo = news.sandbox.example\n";

subtest 'what Postfix is set to, and from where it is known' => sub {
    my $here = place();
    my ($status, $out, $err) = detect($here);
    is($status, 1, 'differs from nothing at all') or diag $err;
    is($err, '', 'nothing on standard error');
    is(settings_of($out), $plain, 'the section');
    like($out, qr/^# smtp_bind_address of main\.cf\n# in force: addresses = \(none\)\naddresses/m, 'source and what is in force');
    like($out, qr/^# opendkim before Outvet in smtpd_milters/m, 'order of milters');
    like($out, qr/^# Nothing was changed\..*outvet config check/ms, 'what to do with it');
    my $file = $here->put('confirmed.conf', $out);
    my ($right, undef, $fault) = $here->run('config', 'show', '--config', $file, { bare => 1 });
    is($right, 0, 'what is printed is itself a settings file') or diag $fault;
};

subtest 'once confirmed, it is the same' => sub {
    my ($status, $out) = detect(place('', $plain));
    is($status, 0, 'exit status');
    like($out, qr/says the same\.$/m, 'and words');
    my ($other, $told) = detect(place('', $plain =~ s/192\.0\.2\.7/192.0.2.6/r));
    is($other, 1, 'another address differs');
    like($told, qr/^# in force: addresses = 192\.0\.2\.6$/m, 'and is told');
};

subtest 'maps of senders and transports are listed' => sub {
    my $here = place();
    my $table = $here->put('senders', "\@news.example  news:\nboss\@news.example  smtp:\n\@x.example discard:\n");
    my $relays = $here->put('relays', "\@smart.example  [smart.example]:587\n");
    $here->put('etc/main.cf', "queue_directory = $here->{dir}\n$main_cf"
            . "sender_dependent_default_transport_maps = texthash:$table\n"
            . "sender_dependent_relayhost_maps = proxy:texthash:$relays\n"
            . "transport_maps = inline:{ {slow.example = news:} }, static:nothing\n");
    my ($status, $out, $err) = detect($here);
    is($status, 1, 'exit status') or diag $err;
    is(settings_of($out), $plain . "[egress news]\nrecipients = slow.example\n$news"
            . "[egress smtp]\nsenders = boss\@news.example\n"
            . "[egress news-2]\nsenders = news.example\n$news"
            . "[egress relay]\nsenders = smart.example\naddresses =\nhelo =\ntls = unknown\n", 'sections in the order in which Postfix looks');
    like($out, qr/^# texthash:\Q$table\E\nsenders = news\.example$/m, 'which table says so');
    like($out, qr/^# -o smtp_helo_name of the service news in master\.cf\nhelo/m, 'which service says so');
    like($out, qr/leaves by the relay \[smart\.example\]:587/, 'a relay');
    like($out, qr/static:nothing can't be listed/, 'what can\'t be listed');
    my ($same) = detect(do { my $next = place('', settings_of($out)); $next->put('etc/main.cf', Outvet::slurp("$here->{dir}/etc/main.cf")); $next });
    is($same, 0, 'once confirmed, it is the same');
};

subtest 'a relay for everything' => sub {
    my (undef, $out) = detect(place("relayhost = [relay.example]\n"));
    like($out, qr/^#addresses =$/m, 'nothing is made up');
    like($out, qr/leaves by the relay \[relay\.example\]/, 'and said');
};

subtest 'nothing is bound: the addresses of this machine' => sub {
    my (undef, $out, $err) = detect(place("smtp_bind_address =\n"));
    like($out, qr/^#?addresses =/m, 'a line for them') or diag $err;
    unlike($out, qr/addresses =.*\b(?:127\.|::1)/, 'not loopback');
};

subtest 'a web server at the address of mail' => sub {
    my $here = place('', $plain);
    $here->put('listen.pl', <<'END');
use IO::Socket::INET;
$^F = 255; # the program that takes over goes on listening
my $web = IO::Socket::INET->new(Listen => 1, LocalAddr => '0.0.0.0', LocalPort => 443) or die "$@\n";
exec @ARGV or die "$!\n";
END
    my $alone = q(unshare --net -- sh -c 'ip link set lo up && exec "$@"' sh);
    plan skip_all => 'no network name spaces here' if system("$alone true 2>/dev/null") != 0;
    my $outvet = "$Outvet::build/outvet";
    my $out = qx($alone $^X $here->{dir}/listen.pl $outvet config detect --config $here->{dir}/outvet.conf --postfix-config $here->{dir}/etc 2>&1);
    is($? >> 8, 0, 'no fault of the settings') or diag $out;
    like($out =~ s/\n# / /gr, qr/A web server answers at an address that mail leaves from: 192\.0\.2\.7 \(port 443\)\./, 'is told');
};

subtest 'JSON' => sub {
    my ($status, $out) = detect(place('', $plain =~ s/mx\.sandbox/old.sandbox/r), '--json');
    is($status, 1, 'exit status');
    is($out =~ tr/\n//, 1, 'one line');
    my $told = decode_json($out);
    ok($told->{differs}, 'differs');
    my ($section) = @{ $told->{sections} };
    is($section->{section}, 'egress', 'section');
    my %setting = map { $_->{name} => $_ } @{ $section->{settings} };
    is($setting{addresses}{value}, '192.0.2.7', 'value');
    ok(!$setting{addresses}{differs}, 'the same address');
    is($setting{helo}{in_force}, 'old.sandbox.example', 'what is in force');
    is($setting{helo}{source}, 'smtp_helo_name of main.cf', 'source');
    ok($setting{helo}{known}, 'known');
};

subtest 'no Postfix, and one that is broken' => sub {
    my $here = place('', "[mta]\ncommand_directory = /nowhere\n");
    my ($status, $out, $err) = detect($here);
    is($status, 69, 'no postconf');
    is($out, '', 'nothing on standard output');
    like($err, qr/postconf.*command_directory/, 'says what it lacks');
    my ($missing, undef, $why) = place()->run('config', 'detect', '--postfix-config', '/nowhere');
    is($missing, 69, 'no main.cf');
    like($why, qr/main\.cf/, 'says so');
};

done_testing;
