#!/usr/bin/env python3
"""Every data set through the eventsql program, compared with plain Python: counts, funnels and retention by brute force.

    check_datasets.py PROGRAM [FOLDER OF *.events.jsonl.gz]

Prints one line a comparison and leaves with 1 when any differs. Without the folder it says so and leaves with 0.
"""
import collections, csv, datetime, gzip, io, json, os, subprocess, sys, tempfile
ROOT=os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BIN=sys.argv[1]; DATA=sys.argv[2] if len(sys.argv)>2 else os.path.join(ROOT,'..','shared','data')
if not os.path.isdir(DATA): print('skipped: no folder',DATA); sys.exit(0)
HOLD=tempfile.TemporaryDirectory(); TMP=HOLD.name
def q(db,sql):
    r=subprocess.run([BIN,db,'-c',sql,'--format','csv'],capture_output=True,text=True)
    if r.returncode: print('FAIL',sql,r.stderr); return None
    return list(csv.DictReader(io.StringIO(r.stdout)))
def us(s):
    s=s.rstrip('Z'); f='%Y-%m-%dT%H:%M:%S.%f' if '.' in s else '%Y-%m-%dT%H:%M:%S'
    d=datetime.datetime.strptime(s,f)-datetime.datetime(1970,1,1)
    return (d.days*86400+d.seconds)*10**6+d.microseconds
bad=0
def check(what,a,b):
    global bad
    if a==b: print('ok  ',what)
    else:
        bad+=1; print('BAD ',what); 
        if isinstance(a,dict) and isinstance(b,dict):
            diff=[(k,a.get(k),b.get(k)) for k in set(a)|set(b) if a.get(k)!=b.get(k)]; print('     ',len(diff),diff[:4])
        else: print('     ',str(a)[:300],'|',str(b)[:300])
def funnel(byuser,steps,win,strict):
    reach=[0]*len(steps)
    for evs in byuser.values():
        rel=[(t,steps.index(n)) for t,n in evs if n in steps]
        best=0
        for t0,s0 in rel:
            if s0!=0: continue
            # greedy from this start: earliest times
            cur=t0; lvl=1
            while lvl<len(steps):
                c=[t for t,s in rel if s==lvl and (t>cur if strict else t>=cur) and t<=t0+win]
                if not c: break
                cur=min(c); lvl+=1
            best=max(best,lvl)
            if best==len(steps): break
        for k in range(best): reach[k]+=1
    return reach
CASES={'grocery-households':(['campaign_received','coupon_redeemed','item_purchased'],30*86400,'item_purchased'),
'bpi2012-loans':(['A_SUBMITTED','A_ACCEPTED','O_SENT'],7*86400,'A_SUBMITTED'),
'travel-se':(['user_registered','question_posted','answer_posted'],7*86400,'user_registered'),
'wikiticker':(['page_created','page_edited','minor_edit'],86400,'page_created'),
'github':(['PushEvent','CreateEvent'],3600,'PushEvent')}
for name,(steps,win,start) in CASES.items():
    f=f'{DATA}/{name}.events.jsonl.gz'; db=f'{TMP}/{name}.db'
    r=subprocess.run([BIN,'ingest',db,f],capture_output=True,text=True)
    print('==',name,r.returncode,(r.stdout+r.stderr).strip().splitlines()[-4:])
    ev=[json.loads(l) for l in gzip.open(f,'rt')]
    rows=[(us(e['timestamp']),e.get('user_id'),e['event_name']) for e in ev]
    x=q(db,"SELECT count(*) AS n, count(DISTINCT user_id) AS u FROM events")
    if not x: bad+=1; continue
    check('rows',int(x[0]['n']),len(rows)); check('users',int(x[0]['u']),len({r[1] for r in rows if r[1]}))
    x=q(db,"SELECT event_name, count(*) AS n FROM events GROUP BY event_name")
    check('by name',{r['event_name']:int(r['n']) for r in x},dict(collections.Counter(r[2] for r in rows)))
    x=q(db,"SELECT CAST(date_trunc('day', timestamp) AS DATE) AS d, count(*) AS n FROM events GROUP BY 1 ORDER BY 1")
    day=lambda t:str(datetime.date(1970,1,1)+datetime.timedelta(days=t//86400000000))
    check('by day',{r['d'][:10]:int(r['n']) for r in x},dict(collections.Counter(day(r[0]) for r in rows)))
    byuser=collections.defaultdict(list)
    for t,u,n in rows:
        if u: byuser[u].append((t,n))
    for v in byuser.values(): v.sort()
    st=', '.join(f"'{s}'" for s in steps)
    for ties in ('','TIES STRICT'):
        x=q(db,f"FUNNEL FROM events STEPS {st} WITHIN {win} SECONDS {ties}")
        check('funnel '+ties,[int(r['users']) for r in x] if x else None,funnel(byuser,steps,win*10**6,bool(ties)))
    for unit,days in (('DAY',1),('WEEK',7)):
        b=lambda t:(t//86400000000 if unit=='DAY' else (t//86400000000+3)//7)
        first={u:min((b(t) for t,n in v if n==start),default=None) for u,v in byuser.items()}
        cells=collections.Counter()
        for u,v in byuser.items():
            if first[u] is None: continue
            for p in {b(t)-first[u] for t,n in v if b(t)>=first[u]}: cells[(first[u],p)]+=1
        x=q(db,f"RETENTION FROM events START '{start}' RETURN ANY EVENT EVERY {unit} PERIODS 12")
        if x is None: bad+=1; continue
        def bk(s):
            d=(datetime.date.fromisoformat(s[:10])-datetime.date(1970,1,1)).days
            return d if unit=='DAY' else (d+3)//7
        got={(bk(r['cohort']),int(r['period'])):int(r['users']) for r in x}
        want={k:v for k,v in cells.items() if k[1]<=12}
        sizes=collections.Counter(c for c in first.values() if c is not None)
        check(f'retention {unit}',{k:v for k,v in got.items() if v},want)
        check(f'sizes {unit}',{bk(r['cohort']):int(r['size']) for r in x},dict(sizes))
    x=q(db,f"SELECT count(*) AS n FROM events WHERE event_name = '{start}'")
    check('filter',int(x[0]['n']),sum(r[2]==start for r in rows))
    subprocess.run([BIN,'ingest',db,f],capture_output=True,text=True)
    total=lambda: int(q(db,"SELECT count(*) AS n FROM events")[0]['n'])
    check('a second ingest adds what has no event id',total(),len(rows)+sum(json.loads(l).get('event_id') is None for l in gzip.open(f,'rt')))
    before=total()
    subprocess.run([BIN,'ingest',db,f,'--keep-duplicates'],capture_output=True,text=True)
    check('a third that keeps duplicates adds all',total(),before+len(rows))
print('data sets: %d comparisons differ'%bad); sys.exit(1 if bad else 0)
