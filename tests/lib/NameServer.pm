# A name server on loopback: NSD with a root zone of the test's own. What is not in it does not
# exist.
package NameServer;

use strict;
use warnings;
use File::Basename qw(dirname);
use File::Temp qw(tempdir);
use IO::Socket::INET;
use lib dirname(__FILE__) . '/../../contrib/sandbox';
use Sandbox;

# records: lines of a zone file, names with a final dot.
sub new {
    my ($class, $records) = @_;
    my $self = bless {dir => tempdir('outvet-nsd-XXXXXXXX', TMPDIR => 1, CLEANUP => 1), owner => $$}, $class;
    chmod 0755, $self->{dir};
    $self->{port} = Sandbox::free_port();
    $self->put('root.zone', <<"END");
\$TTL 300
. SOA ns.invalid. hostmaster.invalid. 1 3600 900 604800 300
. NS ns.invalid.
$records
END
    $self->put('nsd.conf', <<"END");
server:
    ip-address: 127.0.0.1
    port: $self->{port}
    server-count: 1
    username: ""
    chroot: ""
    database: ""
    zonesdir: "$self->{dir}"
    pidfile: "$self->{dir}/nsd.pid"
    xfrdfile: "$self->{dir}/xfrd.state"
    xfrdir: "$self->{dir}"
    zonelistfile: "$self->{dir}/zone.list"
    logfile: "$self->{dir}/nsd.log"
remote-control:
    control-enable: no
zone:
    name: "."
    zonefile: "root.zone"
END
    $self->start;
    return $self;
}

sub put {
    my ($self, $name, $text) = @_;
    open my $file, '>', "$self->{dir}/$name" or die "$self->{dir}/$name: $!\n";
    print $file $text;
    close $file or die "$self->{dir}/$name: $!\n";
    return;
}

# As the setting [dns] servers takes it.
sub address { return "127.0.0.1\@$_[0]{port}" }

sub start {
    my ($self) = @_;
    $self->{pid} = fork // die "fork: $!\n";
    if (!$self->{pid}) {
        open STDIN, '<', '/dev/null';
        open STDOUT, '>>', "$self->{dir}/stdout";
        open STDERR, '>&', \*STDOUT;
        exec '/usr/sbin/nsd', '-d', '-c', "$self->{dir}/nsd.conf" or exit 127;
    }
    for (1 .. 600) {
        return if IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $self->{port});
        select undef, undef, undef, 0.05;
    }
    die "nsd does not serve: see $self->{dir}\n";
}

sub stop {
    my ($self) = @_;
    my $pid = delete $self->{pid} or return;
    kill 'TERM', $pid;
    waitpid $pid, 0;
    return;
}

sub DESTROY {
    my ($self) = @_;
    return if $self->{owner} != $$;
    local ($?, $!, $@);
    $self->stop;
    return;
}

1;
