#!/usr/bin/perl
# The milter protocol, without an MTA: miltertest plays one, and where it can't, MilterClient.
use strict;
use warnings;
use FindBin;
use IO::Socket::UNIX;
use lib "$FindBin::Bin/../../contrib/sandbox", "$FindBin::Bin/../lib";
use MilterClient;
use POSIX ();
use Sandbox;
use Test::More;
use Verdicts;

my $box = Sandbox->new(no_postfix => 1, settings => verdict_settings());
verdict_rules($box);
# The letters here come from the reserved domains of documentation.
Sandbox::spew("$box->{dir}/rules.d/quiet.conf", "[HDR_MSGID_DOMAIN]\nenabled = no\n");
$box->start_outvetd;

# Runs one script of tests/t/milter/; options become its global variables.
sub script {
    my ($name, %option) = @_;
    $option{socket} = "unix:$box->{milter_socket}";
    $option{lib} = "$FindBin::Bin/milter/common.lua";
    $option{now} = POSIX::strftime('%a, %d %b %Y %H:%M:%S +0000', gmtime);
    my ($status, $out, $err) = $box->run(['miltertest', map({ ('-D', "$_=$option{$_}") } sort keys %option),
        '-s', "$FindBin::Bin/milter/$name.lua"]);
    return is($status, 0, $name) || diag $out, $err, $box->logs;
}

# Lines for [milter]; the others stay.
sub settings {
    my ($lines) = @_;
    $box->write_settings;
    my $file = "$box->{dir}/outvet.conf";
    Sandbox::spew($file, Sandbox::slurp($file) =~ s/^\[milter\]\n/$&$lines/mr);
    my ($status, $out, $err) = $box->outvet('config', 'reload');
    die "reload: $out$err" if $status;
}

sub row {
    my ($id) = @_;
    return ($box->ledger("select * from messages where message_id like '%$id\@sandbox.example%' order by id desc limit 1"))[0] // {};
}
sub verdict { return row(@_)->{verdict} }
sub client { return MilterClient->new(path => $box->{milter_socket}, @_) }

subtest 'every verdict, several messages on one connection' => sub {
    script('verdicts');
    is(verdict('held'), 'hold', 'in the ledger');
    like($box->outvetd_log, qr/^outvetd: \S+: message-id=<rejected\@sandbox\.example> .*verdict=reject .*hits=TEST_REJECT=50\.00/m,
        'in the log');
};
subtest 'a message that vanishes leaves nothing behind' => sub {
    script('vanish');
    is(verdict('vanished'), 'accept', 'the last is in the ledger');
    is(($box->ledger("select count(*) n from messages where sender like '%gone%'"))[0]{n}, 0, 'none of the vanished');
    my (undef, $status) = $box->outvet('status', '--json');
    like($status, qr/"in_hand": ?0\b/, 'none in hand');
};
subtest 'forged fields' => sub { script('forged') };
subtest 'an MTA that offers little' => sub { script('old_mta') };
subtest 'what is asked of an MTA that offers all' => sub { script('steps') };
subtest 'an MTA without quarantine: try again later' => sub {
    script('no_quarantine', instead => 'tempfail');
    is(verdict('unholdable'), 'defer', 'and the ledger says so');
};
subtest 'an MTA without quarantine: tag, where so set' => sub {
    settings("without_quarantine = tag\n");
    script('no_quarantine', instead => 'tag');
};

settings('');

subtest 'a rejection names its rules, line by line' => sub {
    my $client = client();
    my @lines = split /\r\n/, $client->tell(letter('please reject, please hold'));
    is(@lines, 3, 'a line for each hit');
    like($lines[0], qr/^550-5\.7\.1 Message refused.*score 57\.00/, 'the score');
    like($lines[1], qr/^550-5\.7\.1 TEST_REJECT: Do not ask to be rejected\.\z/, 'the heaviest first');
    like($lines[2], qr/^550 5\.7\.1 TEST_HOLD: /, 'the last line ends it');
    $client->quit;
};

subtest 'mail from sendmail(1) is told from SMTP by what no client can say' => sub {
    my $letter = sub { letter('A letter', id => "$_[0]\@sandbox.example", header => "X-PHP-Originating-Script: 0:form.php\n") };
    my %postfix = (v => 'Postfix 3.7.11');
    my %simulated = (client_name => 'localhost', client_address => '127.0.0.1', client_port => 0, macros => \%postfix);
    my @cases = (
        ['simulated', 1, {%simulated}, {}],
        ['port', 0, { %simulated, client_port => 40001 }, {}],
        ['address', 0, { %simulated, client_address => '192.0.2.7' }, {}],
        ['proxied', 0, { %simulated, macros => { %postfix, '{client_resolve}' => 'OK' } }, {}],
        ['mailer', 0, {%simulated}, { '{mail_mailer}' => 'smtp' }],
        ['login', 0, {%simulated}, { '{auth_authen}' => 'paul' }],
        ['sendmail', 0, { %simulated, macros => { v => '8.17.1' } }, {}],
    );
    for my $case (@cases) {
        my ($name, $local, $connect, $macros) = @$case;
        my $client = client(%$connect);
        $client->tell($letter->($name), macros => $macros);
        $client->quit;
        my $row = row($name);
        is($row->{script} // 'none', $local ? '0:form.php' : 'none', "$name: script");
        is($row->{claimed_script} // 'none', $local ? 'none' : '0:form.php', "$name: claim");
    }
    my $client = client(%simulated);
    is($client->tell(letter('please reject', id => 'bounce@sandbox.example'), from => ''), 'c', 'a bounce of the MTA is not rejected');
    is(verdict('bounce'), 'hold', 'but held');
    $client->quit;
};

subtest 'a login that submits without TLS is told' => sub {
    my @cases = (
        ['plain', 1, {}, { '{auth_authen}' => 'paul' }],
        ['encrypted', 0, {}, { '{auth_authen}' => 'paul', '{tls_version}' => 'TLSv1.3' }],
        ['unasked', 0, { actions => 0x1F }, { '{auth_authen}' => 'paul' }],
        ['loopback', 0, { client_address => '127.0.0.1' }, { '{auth_authen}' => 'paul' }],
        ['server', 0, {}, {}],
    );
    for my $case (@cases) {
        my ($name, $told, $connect, $macros) = @$case;
        my $client = client(%$connect);
        $client->tell(letter('A letter', id => "tls-$name\@sandbox.example"), macros => $macros);
        $client->quit;
        my $id = row("tls-$name")->{id};
        my $n = ($box->ledger("select count(*) n from hits where message = $id and rule = 'AUTH_SUBMIT_PLAIN'"))[0]{n};
        is($n, $told, $name);
    }
};

subtest 'odd and large messages are answered' => sub {
    my %message = (
        'nothing at all' => "\n\n",
        'no body' => "Subject: alone\n\n",
        'no header' => "\n\nbody alone\n",
        '100,000 fields' => join('', map {"X-Field-$_: $_\n"} 1 .. 100_000) . "\nbody\n",
        'a field of 1 MB' => 'Subject: ' . 'word ' x 200_000 . "\n\nbody\n",
        'NUL and 8-bit octets' => letter('A letter', id => 'octets@sandbox.example', body => "a\0b\xFFc\n"),
        'more than scan_limit' => letter('A letter', id => 'large@sandbox.example', body => "0123456789abcde\n" x 700_000),
        '2,000 parts' => "Content-Type: multipart/mixed; boundary=b\n\n" . "--b\n\npart\n" x 2000 . "--b--\n",
        'nested 1,000 deep' => join('', map {"Content-Type: multipart/mixed; boundary=b$_\n\n--b$_\n"} 1 .. 1000) . "\nend\n",
    );
    for my $name (sort keys %message) {
        my $client = client();
        like($client->tell($message{$name}), qr/^(c|45|55)/, $name);
        $client->quit;
    }
    is(row('octets')->{size}, length letter('A letter', id => 'octets@sandbox.example', body => "a\0b\xFFc\n") =~ s/\n/\r\n/gr,
        'every octet is counted');
    ok(row('large')->{truncated}, 'the ledger says that the large one was cut');
    like($box->outvetd_log, qr/message-id=<large\@.* judged=10485760 /, 'and the log how far it was judged');
};

subtest 'a message in one burst, and one octet at a time' => sub {
    my $client = client();
    my $letter = letter('please tag', id => 'burst@sandbox.example');
    for my $pause (0, 1) {
        my $bytes = '';
        {
            no warnings 'redefine';
            local *MilterClient::raw = sub { $bytes .= $_[1] };
            $client->envelope;
            $client->message($letter);
            $client->macros('E', i => '4XyZ12abcDzQ');
            $client->send('E');
        }
        $client->raw($_) for $pause ? split(//, $bytes) : $bytes;
        my @answers;
        do { push @answers, [$client->receive] } until $answers[-1][0] eq 'c';
        is(scalar(grep { $_->[0] eq 'i' } @answers), 3, 'tagged');
    }
    $client->quit;
};

subtest 'what is no milter protocol closes its connection and nothing else' => sub {
    my $good = client();
    $good->envelope;
    for my $bytes ("GET / HTTP/1.0\r\n\r\n", "\0\0\0\0", "\xFF\xFF\xFF\xFFO", "\0\0\0\1E", "\0\0\0\1N" x 50, "\0\0\0\2L\0",
        "\0\0\0\5Ohi!\0", "\0\0\0\2Ma", "\0\0\0\3C\0\0") {
        for my $greeted (0, 1) {
            my $bad = $greeted ? client() : bless { socket => IO::Socket::UNIX->new(Peer => $box->{milter_socket}) }, 'MilterClient';
            $bad->raw($bytes);
            close $bad->{socket};
        }
    }
    $good->message(letter('A letter'));
    is(($good->finish)[-1][0], 'c', 'the other connection goes on');
    $good->quit;
};

subtest 'a second outvetd says that there is one' => sub {
    my ($status, $out, $err) = $box->run(["$Sandbox::build/outvetd", '--config', "$box->{dir}/outvet.conf",
            '--foreground', '--user', $box->{user}]);
    is($status, 69, 'it ends');
    like($err, qr/another process already listens on/, 'and says why');
    is(client()->tell(letter('A letter')), 'c', 'the first goes on');
};

subtest 'SIGTERM finishes the message in hand, and begins none' => sub {
    my ($old, $new) = (client(), client());
    $old->envelope;
    my $pid = $box->{pid}{outvetd};
    # The daemon must have seen the message begin.
    $box->wait_until('the message to be in hand', 10, sub { ($box->outvet('status', '--json'))[1] =~ /"in_hand": ?1\b/ });
    kill 'TERM', $pid;
    $box->wait_until('the socket to go', 10, sub { !-e $box->{milter_socket} });
    like($new->tell(letter('A letter', id => 'late@sandbox.example')), qr/^451 4\.3\.2 /, 'a new message is put off');
    $old->message(letter('A letter', id => 'finished@sandbox.example'));
    is(($old->finish)[-1][0], 'c', 'the old one is answered');
    is($box->stop_outvetd('CONT'), 0, 'outvetd ends by itself');
    is(verdict('finished'), 'accept', 'the old one is in the ledger');
    is(verdict('late'), undef, 'the new one is not');
};

subtest 'the service manager is told of start, reload and stop' => sub {
    my $path = "$box->{dir}/run/notify.sock";
    my $notify = IO::Socket::UNIX->new(Local => $path, Type => SOCK_DGRAM) or die "$path: $!";
    chmod 0777, $path;
    local $ENV{NOTIFY_SOCKET} = $path;
    my $told = sub {
        my ($what) = @_;
        local $SIG{ALRM} = sub { die "not told: $what\n" };
        alarm 20;
        my $text = '';
        $notify->recv($text, 4096) until $text =~ /^\Q$what\E/m;
        alarm 0;
        return pass("told: $what");
    };
    $box->start_outvetd;
    $told->('READY=1');
    kill 'HUP', $box->{pid}{outvetd};
    $told->('RELOADING=1');
    $told->('READY=1');
    $box->stop_outvetd;
    $told->('STOPPING=1');
};

$box->stop;
done_testing;
