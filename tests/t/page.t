#!/usr/bin/perl
# outvet check --html: a page that is whole, marks what was found, and is harmless whatever is in
# the message.
use strict;
use warnings;
use Digest::SHA qw(sha256_base64);
use FindBin;
use lib "$FindBin::Bin/../lib";
use Chromium;
use HTML::Parser;
use IO::Socket::INET;
use Outvet;
use Test::More;

my $here = Outvet->new;
my $shipped = $here->put('shipped.conf', "[rules]\ndirectories = $Outvet::source/rules\n");

# The page of a message by the shipped rules, and the exit status.
sub page_of {
    my ($text) = @_;
    my ($status, $page, $err) = $here->run('check', '--html', '--no-dns', '--date', '2026-11-23T20:05:00Z', '--config', $shipped, '-',
        { bare => 1, input => $text });
    is($err, '', 'nothing on standard error');
    return wantarray ? ($page, $status) : $page;
}

sub html_message {
    my ($subject, $html, $from) = @_;
    $from //= 'Harbour Outdoor <news@harbour-outdoor.example.com>';
    return "From: $from\nTo: ann\@example.net\nSubject: $subject\nDate: Mon, 23 Nov 2026 20:02:53 +0000\n"
        . "Message-ID: <1\@example.org>\nPrecedence: bulk\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n$html\n";
}

my %void = map { $_ => 1 } qw(meta);
my %allowed = (
    map({ $_ => [] } qw(html head title style meta body header main section footer p h1 h2 h3 b i u ul ol li dl div dt dd
        span code mark sup strong a)),
    html => ['lang'], meta => [qw(charset name http-equiv content)], body => ['class'], a => [qw(href id)],
    map({ $_ => [qw(class dir id aria-labelledby aria-hidden)] } qw(p h2 span div ul li section dd b)),
);

# What is wrong with a page's markup: what does not nest, elements and attributes it never has.
sub faults_of {
    my ($page) = @_;
    my (@faults, @open, %id, @targets);
    my $parser = HTML::Parser->new(
        api_version => 3,
        start_h => [sub {
            my ($tag, $attributes) = @_;
            push @faults, "<$tag>" unless $allowed{$tag};
            for my $name (keys %$attributes) {
                push @faults, "<$tag $name>" unless grep { $_ eq $name } @{ $allowed{$tag} // [] };
            }
            push @faults, "id $attributes->{id} twice" if $attributes->{id} && $id{ $attributes->{id} }++;
            push @targets, $attributes->{href} if exists $attributes->{href};
            push @open, $tag unless $void{$tag};
        }, 'tagname, attr'],
        end_h => [sub {
            my ($tag) = @_;
            my $top = pop @open // '';
            push @faults, "</$tag> closes <$top>" unless $tag eq $top;
        }, 'tagname'],
    );
    $parser->utf8_mode(1);
    $parser->parse($page);
    $parser->eof;
    push @faults, map {"<$_> left open"} @open;
    push @faults, map {"link to $_"} grep { !/^#(.+)/ || !$id{$1} } @targets;
    return @faults;
}

# The page's text, without style sheet.
sub text_of {
    my ($page) = @_;
    my $text = '';
    my $parser = HTML::Parser->new(
        api_version => 3,
        text_h => [sub { $text .= $_[0] }, 'dtext'],
        end_h => [sub { $text .= ' ' if $_[0] =~ /^(?:p|h\d|li|dt|dd|div|span)$/ }, 'tagname'],
    );
    $parser->ignore_elements('style');
    $parser->utf8_mode(1);
    $parser->parse($page);
    $parser->eof;
    $text =~ s/\s+/ /g;
    return $text;
}

sub sample { return Outvet::slurp("$Outvet::source/contrib/samples/$_[0].eml") }

subtest 'a held campaign' => sub {
    my ($page, $status) = page_of(sample('campaign-shouting'));
    is($status, 2, 'the exit status is the verdict\'s');
    is_deeply([faults_of($page)], [], 'well-formed, of few elements');
    my $text = text_of($page);
    like($text, qr/Held: it would wait until a person has looked at it\./, 'verdict in words');
    like($text, qr/Changing numbers 1 to \d+ would be enough\./, 'how much to change');
    like($text, qr/Score [\d.]+ accept *tag *hold *Tag from 3, hold from 6\./, 'score and thresholds');
    like($text, qr/In short, the guide asks for .*an unsubscribe link.*no capitals for emphasis/, 'in short');
    like($text, qr/What to change, the heaviest first 1 /, 'numbered');
    like($text, qr/Found: LAST CHANCE!! 70% OFF EVERYTHING TODAY ONLY .*Guide G9: no capitals for emphasis · SUBJ_ALL_CAPS/, 'evidence and guide');
    like($text, qr/Guide G13: .* · RFC 2369 3\.2, [^·]+ · UNSUB_LU_MISSING/, 'standard');
    like($text, qr/What is fine .*Header: complete/, 'what is fine');
    like($text, qr/Your message .*From Mega Deals <offers\@mega-deals\.example\.com> To .* Date Mon, 23 Nov 2026 06:30:00 \+0000/, 'header fields');
    my ($number) = $page =~ /id="c(\d+)"(?:(?!id="c).)*SUBJ_ALL_CAPS/s;
    like($page, qr/<dt>Subject<\/dt>.*<mark>.*<a href="#c$number" id="m$number">$number<\/a>.*<\/dd>/, 'evidence marked in the subject');
    like($page, qr/<mark>unbeatable prices<sup>/, 'phrases marked in the text');
};

subtest 'a message with nothing to say against' => sub {
    my ($page, $status) = page_of(sample('invoice'));
    is($status, 0, 'accepted');
    is_deeply([faults_of($page)], [], 'well-formed');
    like(text_of($page), qr/Accepted: it would be sent as it is\..*What is fine/, 'says so');
    unlike($page, qr/What to change|<mark>/, 'and nothing else');
};

subtest 'where the file lies is not told' => sub {
    my $file = $here->put('customers/a.eml', Outvet::message('x'));
    my (undef, $page) = $here->run('check', '--html', $file);
    ok($page =~ /a\.eml/, 'its name is');
    ok($page !~ /customers/, 'its directory is not');
};

subtest 'HTML is shown as it is read' => sub {
    my $page = page_of(html_message('The winter coat', <<'END'));
<h1>New coats</h1><p>Wool &amp; down, and a <a href="https://www.example.org/?a=1&amp;b=2">list of all</a>.</p>
<ul><li>a jacket</li></ul><p style="display:none">preview of the letter</p><p>A long enough text in between.</p>
<p style="font-size:1px">what only filters should read, and nobody else: meeting, minutes, agenda, budget, quarterly report</p>
<img src="https://www.example.org/a.png" alt="Two people on a rock" width="600" height="300">
END
    is_deeply([faults_of($page)], [], 'well-formed');
    like($page, qr{<p class="heading" dir="auto">New coats</p>}, 'heading');
    like($page, qr{<p dir="auto">Wool &amp; down, and a <u>list of all</u>\.</p>}, 'paragraph and link');
    like($page, qr{<p class="item" dir="auto">a jacket</p>}, 'list');
    my $text = text_of($page);
    like($text, qr/list of all → https:\/\/www\.example\.org\/\?a=1&b=2/, 'where the link leads');
    like($text, qr/Hidden from the reader \(font size\): what only filters should read/, 'hidden text, as such');
    like($text, qr/Pictures, not loaded here Two people on a rock, 600 × 300/, 'pictures by their text');
    unlike($page, qr/<img|href="http/, 'nothing is loaded, no link can be followed');
};

subtest 'one message only' => sub {
    my $file = $here->put('a.eml', Outvet::message('x'));
    my ($status, $out, $err) = $here->run('check', '--html', $file, $file);
    is($status, 64, 'two are refused');
    is($out, '', 'with no page');
    like($err, qr/--html makes a page of one message, and there are more/, 'and told');
    is(($here->run('check', '--html', '--json', $file))[0], 64, '--json is another form');
    is(($here->run('check', '--html', "$here->{dir}/none"))[0], 66, 'no message');
};

my $port;
my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 20, Proto => 'tcp') or die "listen: $!\n";
$port = $listener->sockport;

my $attack = "'\"></title></style></mark></p></section><script>document.title='ran'</script><img src=http://127.0.0.1:$port/a.png onerror=\"document.title='ran'\">";
my $escaped = $attack =~ s/&/&amp;/gr =~ s/</&lt;/gr;
my %evil = (
    'markup in every place' => html_message("LAST CHANCE!! $attack", <<"END", "\"$attack\" <news\@example.com>"),
<title>$escaped</title><p>LAST CHANCE $escaped</p><p>&amp;lt;script&amp;gt; BUY NOW</p>
<script>document.title='ran'</script><p onclick="$escaped">x</p><div style="display:none">hidden $escaped</div>
<a href="javascript:document.title='ran'">$escaped</a> <a href="$escaped">y</a> <img alt="$escaped" src="http://127.0.0.1:$port/b.png">
<form action="http://127.0.0.1:$port/c"><input name="$escaped"></form><iframe src="http://127.0.0.1:$port/d"></iframe>
<link rel=stylesheet href="http://127.0.0.1:$port/e.css"><meta http-equiv=refresh content="0;url=http://127.0.0.1:$port/f">
<base href="http://127.0.0.1:$port/"><svg onload="document.title='ran'"><script>document.title='ran'</script></svg>
END
    'attachments' => <<"END",
From: a\@example.org
Subject: files
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain

see the file
--b
Content-Type: application/octet-stream
Content-Disposition: attachment; filename="\\"><script>document.title='ran'</script>.exe"

MZ
--b--
END
    'placeholders of the page' => html_message('LAST CHANCE @MESSAGE@ @STYLE@', '<p>@POLICY@ BUY NOW @FINE@</p>'),
    'bidi and other tricks' => html_message("a\xE2\x80\xAEb!!", "<p>LAST\xE2\x80\x8B\xE2\x80\x8B CHANCE \xE2\x81\xA6x\xE2\x80\xAE y \xEF\xBB\xBF</p>"),
    'no UTF-8 and NUL' => html_message("a\xFF\0b!!", "<p>LAST CHANCE \xC3( \xFF\0 \xED\xA0\x80</p>"),
    'all octets' => join('', map {chr} 0 .. 255) x 100,
    'nothing but a header' => "Subject: x\n",
);

subtest "evil: $_" => sub {
    my $page = page_of($evil{$_});
    is_deeply([faults_of($page)], [], 'well-formed, of few elements');
    my ($style) = $page =~ m{<style>(.*?)</style>}s;
    my ($policy) = $page =~ m{<meta http-equiv="Content-Security-Policy" content="([^"]*)">};
    my $hash = sha256_base64($style);
    $hash .= '=' while length($hash) % 4;
    is($policy, "default-src 'none'; style-src 'sha256-$hash'; base-uri 'none'; form-action 'none'", 'policy');
    ok(utf8::decode(my $copy = $page), 'valid UTF-8');
    unlike($copy, qr/[\x{202A}-\x{202E}\x{2066}-\x{2069}\x{200B}\x{FEFF}\x00-\x08\x0B-\x1F\x7F]/, 'no hidden character is left');
} for sort keys %evil;

subtest 'a page is bounded' => sub {
    my $link = '<a href="https://www.example.org/' . 'x' x 200 . '">a</a> ';
    my %large = (
        'text' => html_message('x', '') =~ s/html/plain/r . "LAST CHANCE buy now click here\n" x 140_000,
        'blocks' => html_message('x', '<p>a' x 1_000_000),
        'hidden texts' => html_message('x', '<b hidden>LAST CHANCE</b><p>a' x 130_000),
        'links' => html_message('x', $link x 15_000),
        'fields' => "Subject: x\n" . "To: a\@example.net\n" x 50_000 . "\nbody\n",
    );
    for my $name (sort keys %large) {
        my $page = page_of($large{$name});
        cmp_ok(length $page, '<', 500_000, "many $name");
        ok($page =~ /Cut: the rest|And \d+ more/, "many $name: says that it is cut") unless $name eq 'fields';
        is_deeply([faults_of($page)], [], "many $name: well-formed");
    }
};

# How many requests reach the port while the browser shows a page, and the title it ends with.
sub show {
    my ($page) = @_;
    my $file = $here->put('page.html', $page);
    my $pid = fork // die "fork: $!\n";
    if (!$pid) {
        my $document = eval { Chromium::dump_dom($here->{dir}, $file, '--blink-settings=imagesEnabled=true') } // '';
        $here->put('document.html', $document);
        exit 0;
    }
    my $requests = 0;
    my $watched = '';
    vec($watched, fileno $listener, 1) = 1;
    while (waitpid($pid, 1) == 0) { # WNOHANG
        next unless select(my $ready = $watched, undef, undef, 0.1);
        $requests++;
        close $listener->accept;
    }
    my ($title) = Outvet::slurp("$here->{dir}/document.html") =~ m{<title>(.*?)</title>}s;
    return ($requests, $title);
}

SKIP: {
    skip 'Chromium is not installed', 1 unless Chromium::path();
    subtest 'in a browser no script runs and no request goes out' => sub {
        my ($requests, $title) = show("<title>x</title><script>document.title='ran'</script><img src=http://127.0.0.1:$port/x.png>");
        is($title, 'ran', 'this test sees scripts');
        cmp_ok($requests, '>', 0, 'and requests');
        my $page = page_of($evil{'markup in every place'});
        ($requests, $title) = show($page);
        is($requests, 0, 'no request');
        like($title, qr/^Held: LAST CHANCE/, 'no script');
        $page =~ s{(<main>)}{$1<script>document.title='ran'</script><img src="http://127.0.0.1:$port/x.png" onerror="document.title='ran'">};
        ($requests, $title) = show($page);
        is($requests, 0, 'not even where markup slips in: the policy forbids requests');
        like($title, qr/^Held: LAST CHANCE/, 'and scripts');
    };
}

done_testing;
