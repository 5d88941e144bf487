#!/usr/bin/perl
# Samples of mail that passed a private Postfix, and outvet incident sample, which exports what the
# provider named of them.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../../contrib/sandbox", "$FindBin::Bin/../lib";
use File::Find qw(find);
use JSON::PP qw(decode_json);
use Sandbox;
use Test::More;
use Verdicts;

plan skip_all => "a private Postfix needs root" if $> != 0;
my $box = Sandbox->new;
my $store = "$box->{dir}/state/samples";
sub settle {
    $box->write_settings(verdict_settings() . "[samples]\n" . join '', map {"$_\n"} @_);
    my $text = Sandbox::slurp("$box->{dir}/outvet.conf");
    Sandbox::spew("$box->{dir}/outvet.conf", $text =~ s/^\[milter\]$/[milter]\nscan_limit = 20K/mr);
    return;
}
settle("directory = $store");
verdict_rules($box);
$box->start;

sub send_letter {
    my ($name, $subject, %option) = @_;
    my $text = letter($subject, id => "$name\@sandbox.example", %option);
    my ($status, $transcript) = $box->send_smtp(message => $text, from => 'paul@sandbox.example',
        to => ['ann@outside.example', 'bob@elsewhere.example']);
    BAIL_OUT("not taken: $transcript") if $status && !$option{refused};
    my ($row) = $box->ledger("select id, queue_id from messages where message_id like '%$name\@sandbox.example%' order by id desc limit 1");
    return {text => "$text\n" =~ s/\n/\r\n/gr, %$row}; # swaks ends it with an empty line
}
sub samples { return decode_json(($box->outvet('status', '--json'))[1])->{samples} }
sub files { my @files; find(sub { push @files, $File::Find::name if -f }, @_); return sort @files }
# Records what a provider told; gives the incident's number.
sub incident {
    my ($address, @detections) = @_;
    my $now = time * 1_000_000;
    $box->ledger("insert into incidents (hosting, network, address, since, duration, state, phase, opened, unblocked, "
        . "closed, wake, total, spams, average) values ('ovh', '', '$address', $now, 3600, 'blocked', 0, $now, 0, 0, 0, -1, -1, -1)");
    my ($row) = $box->ledger("select id from incidents where address = '$address'");
    my $nth = 0;
    for my $d (@detections) {
        my %d = (id => '', to => '203.0.113.5', score => 412, message => 0, finding => 0, %$d);
        $box->ledger("insert into detections (incident, message_id, destination, time, score, nth, origin, finding, message) "
            . "values ($row->{id}, '$d{id}', '$d{to}', @{[ $now + 60_000_000 ]}, $d{score}, @{[ $nth++ ]}, 'api', $d{finding}, $d{message})");
    }
    return $row->{id};
}
sub as_user { my ($user, @words) = @_;
    return $box->run(['setpriv', "--reuid=$user", '--clear-groups', "$Sandbox::build/outvet", @words, '--config', "$box->{dir}/outvet.conf"]) }

my $gone = send_letter('gone', 'an ordinary letter', body => "Dear Ann,\n\nthe secret word is Rumpelstilzchen.\n.\nPaul\n");
my $held = send_letter('held', 'please hold');
my $long = send_letter('long', 'a long letter', body => join '', map {"Line $_ of a long letter, which goes on.\n"} 1 .. 1000);
send_letter('refused', 'please reject', refused => 1);
$box->wait_quiet;
$box->wait_until('the samples', 30, sub { samples()->{written} == 3 });

subtest 'the store' => sub {
    my $status = samples();
    is_deeply([@$status{qw(state number failed dropped waiting)}], ['writing', 3, 0, 0, 0], 'what departs is kept, what is refused is not');
    is($status->{octets}, 3 * 4096, 'told with its size on disk');
    my @files = files($store);
    is(@files, 3, 'a file for each');
    is((stat $store)[2] & 07777, 0700, 'in a directory that is for outvetd alone');
    is_deeply([map { (stat)[2] & 07777 } @files], [(0600) x 3], 'as its files');
    my $octets = join '', map { Sandbox::slurp($_) } @files;
    unlike($octets, qr/Rumpel|secret|letter|sandbox|Subject|paul/i, 'nothing in them can be read');
};

my $number = incident('192.0.2.10', {id => 'gone@sandbox.example'}, {id => 'held@sandbox.example', score => 7},
    {id => 'nobody@elsewhere.example', finding => 3}, {id => 'LONG@sandbox.example', message => $long->{id}, finding => 1},
    {id => 'gone@sandbox.example', to => '203.0.113.6'});
my $export = "$box->{dir}/export";
my %name;

subtest 'an export' => sub {
    my ($status, $out, $err) = $box->run(['env', 'SUDO_USER=daemon', "$Sandbox::build/outvet", 'incident', 'sample',
        $number, $export, '--json', '--config', "$box->{dir}/outvet.conf"]);
    is($status, 0, 'works') or diag $err;
    my $answer = decode_json($out);
    is($answer->{found}, 3, 'JSON: how many are found, each once');
    my @messages = @{ $answer->{messages} };
    is_deeply([map { $_->{source} // '-' } @messages], ['store', 'queue', '-', 'store', 'store'], 'JSON: where each was');
    is_deeply([map { $_->{spam_score} } @messages], [412, 7, 412, 412, 412], "JSON: the provider's score");
    is_deeply([map { $_->{truncated} ? 1 : 0 } @messages], [0, 0, 0, 1, 0], 'JSON: which is cut');
    like($messages[2]{why}, qr/^the ledger knows no message of this Message-ID/, 'JSON: why one is not there');
    is($messages[1]{verdict}, 'hold', 'JSON: the verdict of today');
    @name{qw(gone held long)} = map { $messages[$_]{name} } 0, 1, 3;
    is((stat $export)[2] & 07777, 0700, 'a directory for its owner');
    is_deeply([files($export)], [sort "$export/incident.txt", map { my $n = $_; map {"$export/$n.$_"} qw(eml txt json) } values %name],
        'three files for each message');
    is_deeply([grep { (stat)[2] & 0177 } files($export)], [], 'which are for their owner, too');
};

subtest 'messages are whole' => sub {
    is(Sandbox::slurp("$export/$name{gone}.eml"), $gone->{text}, 'as it was sent');
    my $text = Sandbox::slurp("$export/$name{held}.eml");
    like($text, qr/^X-Outvet-Score: .*^Received: /ms, "the queue's has what the MTA added, too");
    is(substr($text, -length $held->{text} =~ s/.*?\r\n\r\n//sr), $held->{text} =~ s/.*?\r\n\r\n//sr, 'and the same body');
    is(Sandbox::slurp("$export/$name{long}.eml"), substr($long->{text}, 0, 20 * 1024), 'a long one up to scan_limit');
};

subtest 'reports and what tells of them' => sub {
    my $report = decode_json(Sandbox::slurp("$export/$name{held}.json"));
    is($report->{verdict}, 'hold', 'a report for programs');
    is($report->{from}, 'Paul Miller <paul@sandbox.example>', 'of that message');
    like(Sandbox::slurp("$export/$name{held}.txt"), qr/TEST_HOLD/, 'and one for people');
    my $text = Sandbox::slurp("$export/incident.txt");
    like($text, qr/^Block of 192\.0\.2\.10$/m, 'incident.txt: which block');
    like($text, qr/^Of 5 messages .* 4 are here/m, 'how much of it is here');
    like($text, qr/^1\. Message-ID: gone\@sandbox\.example\n +destination +203\.0\.113\.5\n +detected .*\n +spam score +412\n/m, 'what the provider says');
    like($text, qr/^ +then +hold, score [\d.]+\n +today +hold, score [\d.]+\n +message +\Q$name{held}\E\.eml \(from the MTA's queue\)$/m, 'what we say');
    like($text, qr/^ +message .*cut: the first 20480 of at least \d+ octets/m, 'what is cut');
    like($text, qr/^3\. Message-ID: nobody\@.*\n(?:  .*\n)* +not here +the ledger knows no message/m, 'what is not there, and why');
    my @events = $box->ledger("select * from incident_events where incident = $number and kind = 'sample'");
    is(@events, 1, 'the timeline has it');
    is($events[0]{operator}, 'daemon', 'with who did it');
    is($events[0]{text}, "3 of 5 messages to $export: $name{gone}, $name{held}, $name{long}", 'and what');
};

subtest 'one message' => sub {
    my ($status, $out, $err) = $box->outvet('incident', 'sample', $number, "$export.one", '--message', '<Gone@sandbox.example>');
    is($status, 0, 'works') or diag $err;
    is(scalar(grep {/\.eml$/} files("$export.one")), 1, 'one file');
    like($out, qr/^\Q$name{gone}\E +store +accept +[-\d.]+ +gone\@sandbox\.example$/m, 'told for people');
    is(($box->outvet('incident', 'sample', $number, "$export.id", '--message', $name{held}))[0], 0, 'by its Outvet id');
    ($status, $out, $err) = $box->outvet('incident', 'sample', $number, "$export.none", '--message', 'x@y.example');
    is($status, 66, 'one that the provider did not name');
    ok(!-e "$export.none", 'makes no directory');
};

subtest 'what is refused' => sub {
    my ($status, $out, $err) = $box->outvet('incident', 'sample', $number, $export);
    is($status, 66, 'a directory with something in it');
    like($err, qr/\Q$export\E: Directory not empty/, 'is told');
    is(($box->outvet('incident', 'sample', 999, "$export.none"))[0], 66, 'an incident that is none');
    is(($box->outvet('incident', 'sample', 'one', "$export.none"))[0], 64, 'what is no number');
    ok(!-e "$export.none", 'no directory is made for it');
    mkdir "$export.empty";
    is(($box->outvet('incident', 'sample', $number, "$export.empty"))[0], 0, 'an empty directory is taken');
};

subtest "outvetd's user reads the store without the rights of root" => sub {
    my $own = "$box->{dir}/state/export";
    my ($status, $out, $err) = as_user($box->{user}, 'incident', 'sample', $number, $own, '--json', '--message', 'held@sandbox.example');
    is($status, 0, 'works') or diag $err;
    is(decode_json($out)->{messages}[0]{source}, 'store', 'from the store, where the queue is not his');
    is(Sandbox::slurp("$own/$name{held}.eml"), $held->{text}, 'as the milter was told it');
    is((as_user('daemon', 'incident', 'sample', $number, "$own.other"))[0], 77, 'nobody else does');
};

subtest 'what is not there is told' => sub {
    my $why = sub {
        my ($name, $config, $message) = @_;
        my ($status, $out, $err) = $box->run(["$Sandbox::build/outvet", 'incident', 'sample', $number, "$export.$name",
            '--json', '--message', $message, '--config', $config]);
        is($status, 66, "$name: nothing is found") or diag $err;
        like(Sandbox::slurp("$export.$name/incident.txt"), qr/not here/, 'which incident.txt says');
        return decode_json($out)->{messages}[0]{why};
    };
    my $settings = Sandbox::slurp("$box->{dir}/outvet.conf");
    my $other = "$box->{dir}/other.conf";
    Sandbox::spew($other, $settings =~ s/^directory = .*$//mr);
    like($why->('off', $other, 'gone@sandbox.example'), qr/not in the MTA's queue any more; no samples are kept/, 'no store');
    my ($file) = grep {/\Q$name{gone}\E/} files($store);
    my $octets = Sandbox::slurp($file);
    Sandbox::spew($file, substr($octets, 0, -1), 0600);
    like($why->('cut', "$box->{dir}/outvet.conf", 'gone@sandbox.example'), qr/damaged/, 'a damaged file');
    unlink $file;
    like($why->('removed', "$box->{dir}/outvet.conf", 'gone@sandbox.example'), qr/has no sample of it/, 'none of it');
    sleep 2; # so long are samples kept by the next settings
    Sandbox::spew($other, $settings =~ s/^\[samples\]$/[samples]\nkeep = 1s/mr);
    like($why->('old', $other, 'gone@sandbox.example'), qr/older than \[samples\] keep/, 'too old');
    Sandbox::spew("$box->{dir}/other.key", 'x' x 32, 0600);
    Sandbox::spew($other, $settings =~ s/^key = .*$/key = $box->{dir}\/other.key/mr);
    like($why->('key', $other, 'LONG@sandbox.example'), qr/written with another \[ledger\] key/, 'another key');
};

subtest 'mail goes on without a store' => sub {
    settle("directory = $box->{dir}/no/such");
    is(($box->outvet('config', 'reload'))[0], 0, 'a directory that can not be made');
    send_letter("on-$_", 'an ordinary letter') for 1 .. 3;
    $box->wait_until('the trouble', 30, sub { samples()->{failed} == 3 });
    my $status = samples();
    is($status->{state}, 'failing', 'status tells');
    like($status->{trouble}, qr/\[samples\] directory \S+ can't be made: No such file or directory/, 'with the reason');
    is(scalar(() = $box->outvetd_log =~ /event=samples state=failing/g), 1, 'one log line');
    settle("directory = $store");
    $box->outvet('config', 'reload');
    send_letter('again', 'an ordinary letter');
    $box->wait_until('a sample', 30, sub { samples()->{written} == 4 });
    is(samples()->{number}, 3, 'mended by a reload, with what is there counted');
};

subtest 'a full disk' => sub {
    my $full = "$box->{dir}/full";
    mkdir $full;
    my ($mounted) = $box->run(['mount', '-t', 'tmpfs', '-o', "size=1m,mode=700,uid=@{[ (getpwnam $box->{user})[2] ]}", 'tmpfs', $full]);
    plan skip_all => 'needs the right to mount a tmpfs' if $mounted;
    settle("directory = $full");
    $box->outvet('config', 'reload');
    send_letter("full-$_", 'an ordinary letter') for 1 .. 3;
    $box->wait_until('the trouble', 30, sub { samples()->{failed} == 6 });
    like(samples()->{trouble}, qr/is on a disk with less than 64 MiB to spare/, 'is left to others');
    is_deeply([files($full)], [], 'nothing is left there');
    is(scalar(() = $box->outvetd_log =~ /event=samples state=failing/g), 2, 'one log line more');
    settle();
    $box->outvet('config', 'reload');
    $box->wait_until('the end of it', 30, sub { samples()->{state} eq 'off' && !($box->run(['umount', $full]))[0] });
};

$box->stop;
done_testing;
