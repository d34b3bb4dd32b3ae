// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/transcript/transcriptpanel.h"

#include "models/core/async.h"
#include "models/profiles/hierarchy.h"
#include "views/panels/recordteller.h"
#include "views/reading/elidedlabel.h"
#include "views/reading/readingview.h"
#include "views/transcript/seriesstrip.h"
#include "views/widgets/messagebar.h"
#include "views/widgets/theme.h"

#include <QActionGroup>
#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QMenu>
#include <QSettings>
#include <QShortcut>
#include <QSignalBlocker>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

/// The text's format as the lens says, else as its column means.
QString formatOf(const TranscriptLens &lens, const ResolvedProfile &profile)
{
    if (!lens.format.isEmpty() || !lens.text)
        return lens.format;
    const TableProfile *table = profile.table(lens.entries.table);
    const ColumnProfile *column = table == nullptr || !lens.text->hops.empty() ? nullptr : table->column(lens.text->column);
    return column != nullptr && (column->meaning == u"markdown" || column->meaning == u"json") ? column->meaning : QString();
}

LensScope scopeOf(Connection &connection, const DatabaseContext &context)
{
    return {connection, *context.catalog, *context.profile};
}

} // namespace

TranscriptPanel::TranscriptPanel(const PanelServices &services, DatabaseContext context, const QVariantMap &arguments, QWidget *parent)
    : Panel(std::move(context), parent), m_workers(services.workers), m_pricesPath(PriceList::pathBeside(services.settings.fileName())), m_table(tableOf(arguments)), m_key(keyOf(arguments)),
      m_lens(transcriptFor(*Panel::context().profile, m_table)), m_view(new ReadingView(services.workers, this)), m_strip(new SeriesStrip(this)), m_message(new MessageBar(this)),
      m_title(new ElidedLabel(this)), m_summary(new ElidedLabel(this)), m_findBar(new QWidget(this)), m_find(new QLineEdit(this)), m_findCount(new QLabel(this)),
      m_roles(new QToolButton(this)), m_asides(new QToolButton(this)), m_seriesMenu(new QToolButton(this)), m_record(new RecordTeller(*this))
{
    setObjectName(u"transcriptPanel"_s);
    m_view->setObjectName(u"transcript"_s);
    m_view->setAccessibleName(tr("Transcript"));
    m_view->setEmptyText(tr("Reading…"));
    m_strip->setObjectName(u"seriesStrip"_s);
    m_strip->hide();
    buildHead();
    connect(m_view, &ReadingView::bodiesWanted, this, &TranscriptPanel::readBodies);
    connect(m_view, &ReadingView::currentChanged, this, &TranscriptPanel::showCurrent);
    connect(m_view, &ReadingView::linkActivated, this, &TranscriptPanel::openLink);
    connect(m_view, &ReadingView::menuRequested, this, &TranscriptPanel::showMenu);
    connect(m_view, &ReadingView::firstVisibleChanged, this, &TranscriptPanel::updateWindow);
    connect(m_view, &ReadingView::settled, this, [this] {
        updateWindow();
        if (m_isRead)
            emit settled();
    });
    connect(m_strip, &SeriesStrip::entryRequested, this, [this](int entry) {
        if (entry >= 0 && entry < static_cast<int>(m_heads.headOfEntry.size()))
            m_view->scrollTo(m_heads.headOfEntry[static_cast<std::size_t>(entry)]);
    });
    connect(m_message, &MessageBar::actionTriggered, this, &TranscriptPanel::reload);
    if (m_lens)
        m_format = formatOf(*m_lens, *Panel::context().profile);
    setFocusProxy(m_view);
    read(false);
}

std::optional<Record> TranscriptPanel::currentRecord() const
{
    return m_record->record();
}

TranscriptPanel::~TranscriptPanel()
{
    m_stop.request_stop();
    m_stopSearch.request_stop();
    m_stopCurrent.request_stop();
}

void TranscriptPanel::buildHead()
{
    m_title->setObjectName(u"transcriptTitle"_s);
    m_title->setFont(sizedFont(font(), metrics::headingPx, QFont::DemiBold));
    m_summary->setObjectName(u"transcriptSummary"_s);
    m_summary->setFont(sizedFont(font(), metrics::captionPx));
    m_summary->setForegroundRole(QPalette::PlaceholderText);
    const auto button = [this](QToolButton *tool, const QString &name, const QString &text, const QString &tip) {
        tool->setObjectName(name);
        tool->setText(text);
        tool->setAccessibleName(tip);
        tool->setToolTip(tip);
        tool->setAutoRaise(true);
        tool->setFont(sizedFont(font(), metrics::captionPx));
    };
    button(m_roles, u"showRoles"_s, tr("Roles"), tr("Show roles and what only the speakers saw"));
    m_roles->setCheckable(true);
    m_roles->setChecked(true);
    button(m_asides, u"showAsides"_s, tr("Thinking"), tr("Open thinking, observations and other parts"));
    m_asides->setCheckable(true);
    button(m_seriesMenu, u"chooseSeries"_s, tr("Scores"), tr("Choose the scores beside the text"));
    m_seriesMenu->setPopupMode(QToolButton::InstantPopup);
    m_seriesMenu->hide();
    auto *search = new QToolButton(this);
    button(search, u"openFind"_s, tr("Find"), tr("Find in the transcript"));
    auto *copyAll = new QToolButton(this);
    button(copyAll, u"copyMarkdown"_s, tr("Copy as Markdown"), tr("Copy the whole transcript as Markdown"));
    auto *head = new QHBoxLayout;
    head->setContentsMargins(metrics::space4, metrics::space2, metrics::space2, 0);
    head->setSpacing(metrics::space1);
    head->addWidget(m_title, 1);
    for (QToolButton *tool : {m_roles, m_asides, m_seriesMenu, search, copyAll})
        head->addWidget(tool);
    m_summary->setContentsMargins(metrics::space4, 0, metrics::space4, metrics::space2);

    m_findBar->setObjectName(u"findBar"_s);
    m_findBar->hide();
    m_find->setObjectName(u"findText"_s);
    m_find->setAccessibleName(tr("Find in the transcript"));
    m_find->setPlaceholderText(tr("Find in the transcript"));
    m_find->setClearButtonEnabled(true);
    m_findCount->setObjectName(u"findCount"_s);
    m_findCount->setFont(sizedFont(font(), metrics::captionPx));
    auto *previous = new QToolButton(m_findBar);
    auto *next = new QToolButton(m_findBar);
    button(previous, u"findPrevious"_s, u"↑"_s, tr("Previous match"));
    button(next, u"findNext"_s, u"↓"_s, tr("Next match"));
    auto *findLayout = new QHBoxLayout(m_findBar);
    findLayout->setContentsMargins(metrics::space4, 0, metrics::space2, metrics::space2);
    findLayout->addWidget(m_find, 1);
    findLayout->addWidget(m_findCount);
    findLayout->addWidget(previous);
    findLayout->addWidget(next);

    auto *body = new QHBoxLayout;
    body->setSpacing(0);
    body->addWidget(m_view, 1);
    body->addWidget(m_strip);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(head);
    layout->addWidget(m_summary);
    layout->addWidget(m_findBar);
    layout->addWidget(m_message);
    layout->addLayout(body, 1);

    connect(m_roles, &QToolButton::toggled, this, [this](bool on) {
        m_look.withRoles = on;
        m_look.withAsides = on || m_transcript == nullptr || m_lens->roster.isEmpty();
        showHeads(true);
    });
    connect(m_asides, &QToolButton::toggled, this, [this](bool on) {
        m_look.areAsidesOpen = on;
        m_view->forgetBodies();
    });
    connect(search, &QToolButton::clicked, this, &TranscriptPanel::find);
    connect(copyAll, &QToolButton::clicked, this, &TranscriptPanel::copyMarkdown);
    connect(m_find, &QLineEdit::textChanged, this, &TranscriptPanel::search);
    connect(m_find, &QLineEdit::returnPressed, this, [this] { showHit(m_hit + 1); });
    connect(next, &QToolButton::clicked, this, [this] { showHit(m_hit + 1); });
    connect(previous, &QToolButton::clicked, this, [this] { showHit(m_hit - 1); });
    auto *escape = new QShortcut(Qt::Key_Escape, m_findBar, nullptr, nullptr, Qt::WidgetWithChildrenShortcut);
    connect(escape, &QShortcut::activated, this, [this] {
        m_find->clear();
        m_findBar->hide();
        m_view->setFocus();
    });
}

QString TranscriptPanel::title() const
{
    if (m_transcript != nullptr && !m_transcript->recordTitle.isEmpty())
        return m_transcript->recordTitle;
    return m_lens ? m_lens->title : tr("Transcript");
}

void TranscriptPanel::reload()
{
    read(true);
}

void TranscriptPanel::read(bool keepPlace)
{
    if (!m_lens || m_key.empty()) {
        m_view->setEmptyText(tr("A transcript shows one game, discussion, run or conversation. Choose one in the tree."));
        emit settled();
        return;
    }
    m_stop.request_stop();
    m_stop = {};
    const auto job = [context = context(), lens = *m_lens, table = m_table, key = m_key, prices = m_pricesPath](Connection &connection) -> Result<Reading> {
        const LensScope scope = scopeOf(connection, context);
        TranscriptReader reader(scope, lens);
        Reading reading{nullptr, {}, key, {}, {}};
        if (table != lens.table) {
            const Result<RowKey> record = reader.recordOf(key);
            if (!record)
                return failure(record);
            reading.record = *record;
        }
        Result<Transcript> transcript = reader.read(reading.record);
        if (!transcript)
            return failure(transcript);
        Result<std::vector<Series>> series = readSeries(scope, lens, *transcript, reading.record);
        if (!series)
            return failure(series);
        reading.series = std::move(*series);
        reading.transcript = std::make_shared<const Transcript>(std::move(*transcript));
        if (hasTotals(*context.profile, lens.table)) {
            const Result<PriceList> list = PriceList::inUse(prices, context.profile->prices);
            if (Result<Totals> totals = readTotals(scope, lens.table, reading.record, list.value_or(PriceList::builtIn())))
                reading.totals = std::move(*totals);
        }
        if (const Result<TreePath> path = Hierarchy(connection, context.catalog, context.profile).pathTo(lens.table, reading.record))
            reading.path = path->toString();
        return reading;
    };
    onResult(context().pool->read(job, m_stop.get_token()), this, [this, keepPlace](Result<Reading> reading) {
        if (reading) {
            m_message->clear();
            accept(std::move(*reading), keepPlace);
        } else if (reading.error().code != ErrorCode::Cancelled) {
            m_view->setEmptyText({});
            m_message->showError(reading.error(), tr("Try again"));
            emit settled();
        }
    });
}

void TranscriptPanel::accept(Reading reading, bool keepPlace)
{
    m_transcript = std::move(reading.transcript);
    m_recordKey = std::move(reading.record);
    m_recordPath = reading.path;
    m_path = m_recordPath.isEmpty() ? QString() : m_recordPath + u'#' + kind();
    m_isRead = true;
    m_title->setText(title());
    m_title->setToolTip(title());
    const bool hasRoles = std::any_of(m_transcript->speakers.begin(), m_transcript->speakers.end(), [](const TranscriptSpeaker &speaker) { return !speaker.role.isEmpty(); });
    m_roles->setVisible(hasRoles);
    m_asides->setVisible(!m_lens->asides.empty() || m_lens->thinking);
    QStringList summary{tr("%n entries", nullptr, static_cast<int>(m_transcript->entries.size()))};
    if (m_transcript->speakers.size() > 1)
        summary.append(tr("%n speakers", nullptr, static_cast<int>(m_transcript->speakers.size())));
    if (reading.totals && !reading.totals->isEmpty()) {
        summary.append(tokensAndCost(*reading.totals));
        if (reading.totals->all.latencyMs)
            summary.append(tr("%1 of answering").arg(durationText(*reading.totals->all.latencyMs)));
    }
    m_summary->setText(summary.join(u" · "_s));
    m_view->setEmptyText(tr("Nobody has said anything here yet."));
    m_strip->setSeries(std::move(reading.series), static_cast<int>(m_transcript->entries.size()));
    const QStringList titles = m_strip->titles();
    m_strip->setVisible(!titles.isEmpty());
    m_seriesMenu->setVisible(!titles.isEmpty());
    m_seriesMenu->setText(m_strip->title());
    auto *menu = new QMenu(m_seriesMenu);
    auto *group = new QActionGroup(menu);
    for (const QString &title : titles) {
        QAction *action = menu->addAction(title, this, [this, title] {
            m_strip->setTitle(title);
            m_seriesMenu->setText(title);
        });
        action->setCheckable(true);
        action->setChecked(title == m_strip->title());
        group->addAction(action);
    }
    delete m_seriesMenu->menu();
    m_seriesMenu->setMenu(menu);
    showHeads(keepPlace);
    if (!keepPlace && m_table != m_lens->table)
        goToEntry(m_key);
    if (m_wantedEntry >= 0 && m_wantedEntry < static_cast<int>(m_heads.headOfEntry.size()))
        m_view->scrollTo(m_heads.headOfEntry[static_cast<std::size_t>(std::exchange(m_wantedEntry, -1))]);
    chooseFirst();
    emit titleChanged();
    emit pathChanged();
    if (m_heads.heads.empty())
        emit settled();
}

void TranscriptPanel::showHeads(bool keepPlace)
{
    if (m_transcript == nullptr)
        return;
    m_heads = transcriptHeads(*m_transcript, m_look);
    m_view->setHeads(m_heads.heads, keepPlace);
    updateWindow();
}

int TranscriptPanel::entryOf(int head) const
{
    return head < 0 || head >= static_cast<int>(m_heads.meaning.size()) ? -1 : m_heads.meaning[static_cast<std::size_t>(head)];
}

void TranscriptPanel::readBodies(const std::vector<int> &heads)
{
    std::vector<int> entries;
    for (const int head : heads) {
        const int entry = entryOf(head);
        if (entry >= 0) {
            entries.push_back(entry);
        } else if (entry != TranscriptHeads::none) {
            ReadingPart part;
            part.text = m_transcript->facts[static_cast<std::size_t>(-1 - entry)].text;
            m_view->setBody(head, {part});
        }
    }
    if (entries.empty())
        return;
    const auto job = [context = context(), lens = *m_lens, transcript = m_transcript, entries](Connection &connection) {
        return TranscriptReader(scopeOf(connection, context), lens).bodies(*transcript, entries);
    };
    onResult(context().pool->read(job, m_stop.get_token()), this, [this, entries, transcript = m_transcript](const Result<std::vector<TranscriptBody>> &bodies) {
        if (transcript != m_transcript)
            return;
        if (!bodies) {
            if (bodies.error().code != ErrorCode::Cancelled)
                m_message->showError(bodies.error(), tr("Try again"));
            return;
        }
        for (std::size_t i = 0; i < entries.size(); ++i) {
            m_view->setBody(m_heads.headOfEntry[static_cast<std::size_t>(entries[i])],
                            transcriptParts(*m_transcript, entries[i], (*bodies)[i], m_look, m_format, m_lens->sections, m_hits, m_hitLength, Tokens::of(palette())));
        }
    });
}

void TranscriptPanel::showCurrent(int head)
{
    if (const int entry = entryOf(head); entry >= 0)
        choose(entry, true);
}

void TranscriptPanel::choose(int entry, bool isPlace)
{
    m_stopCurrent.request_stop();
    m_stopCurrent = {};
    const RowKey key = m_transcript->entries[static_cast<std::size_t>(entry)].key;
    const auto job = [context = context(), table = m_transcript->entryTable, key](Connection &connection) -> Result<QString> {
        const Result<TreePath> path = Hierarchy(connection, context.catalog, context.profile).pathTo(table, key);
        return path ? Result<QString>(path->toString()) : failure(path);
    };
    m_entryPath.clear();
    onResult(context().pool->read(job, m_stopCurrent.get_token()), this, [this, isPlace](const Result<QString> &path) {
        if (!path)
            return;
        m_entryPath = *path;
        if (!isPlace)
            return;
        m_path = *path + u'#' + kind();
        emit pathChanged();
    });
    m_record->tell(m_transcript->entryTable, key);
}

void TranscriptPanel::chooseFirst()
{
    if (m_view->current() >= 0 || m_heads.headOfEntry.empty())
        return;
    const int entry = std::clamp(entryOf(m_view->firstVisible()), 0, static_cast<int>(m_heads.headOfEntry.size()) - 1);
    const QSignalBlocker quiet(m_view);
    m_view->setCurrent(m_heads.headOfEntry[static_cast<std::size_t>(entry)]);
    choose(entry, false);
}

void TranscriptPanel::updateWindow()
{
    int first = -1;
    int last = -1;
    for (const int head : m_view->visibleEntries()) {
        const int entry = entryOf(head);
        if (entry < 0)
            continue;
        first = first < 0 ? entry : first;
        last = entry;
    }
    m_strip->setWindow(first, last);
}

void TranscriptPanel::goToEntry(const RowKey &key)
{
    const QString wanted = keyOfRow(key);
    for (std::size_t i = 0; i < m_transcript->entries.size(); ++i) {
        const RowKey &each = m_transcript->entries[i].key;
        QString text; // a key out of a path is text whatever it is stored as
        for (const Value &value : each)
            text += QString::number(value.toDisplayText().size()) + u':' + value.toDisplayText();
        if (text != wanted)
            continue;
        const int head = m_heads.headOfEntry[i];
        m_view->scrollTo(head);
        m_view->setCurrent(head);
        return;
    }
}

QVariantMap TranscriptPanel::saveState() const
{
    const int entry = m_transcript == nullptr ? m_wantedEntry : entryOf(m_view->firstVisible());
    return {{u"roles"_s, m_roles->isChecked()}, {u"asides"_s, m_asides->isChecked()}, {u"entry"_s, entry}, {u"series"_s, m_strip->title()}};
}

void TranscriptPanel::restoreState(const QVariantMap &state)
{
    m_roles->setChecked(state.value(u"roles"_s, true).toBool());
    m_asides->setChecked(state.value(u"asides"_s, false).toBool());
    m_strip->setTitle(state.value(u"series"_s).toString());
    m_wantedEntry = state.value(u"entry"_s, -1).toInt();
}

void TranscriptPanel::setShownZone(ShownZone zone)
{
    if (zone == m_look.zone)
        return;
    m_look.zone = zone;
    showHeads(true);
}

} // namespace turnstone
