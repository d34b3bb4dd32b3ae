// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/failed/failedpanel.h"

#include "models/browsing/hierarchybadge.h"
#include "models/core/async.h"
#include "views/panels/recordteller.h"
#include "views/reading/elidedlabel.h"
#include "views/reading/openlink.h"
#include "views/reading/readingview.h"
#include "views/widgets/messagebar.h"
#include "views/widgets/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QMenu>
#include <QVBoxLayout>

#include <algorithm>
#include <functional>
#include <map>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

/// Of what was said last, until it is here.
constexpr qint64 usualLength = 240;
constexpr qsizetype shownOfEntry = 240;

/// In one line, as far as a glance goes.
QString shortened(const QString &text)
{
    const QString line = text.simplified();
    return line.size() <= shownOfEntry ? line : line.left(shownOfEntry).trimmed() + u'…';
}

QStringList badgeTexts(const DatabaseContext &context, const FailedList &list, const FailedRecord &record)
{
    TreeNode node;
    node.label = record.title;
    node.table = list.table;
    node.schema = context.profile->schema;
    node.badges = record.badges;
    std::vector<HierarchyBadge> badges = badgesOf(node, *context.catalog, *context.profile);
    // What is wrong comes first.
    std::ranges::stable_sort(badges, std::greater<>(), [](const HierarchyBadge &badge) { return badge.tone == BadgeTone::Bad ? 2 : badge.tone == BadgeTone::Warn ? 1 : 0; });
    QStringList texts;
    for (const HierarchyBadge &badge : badges)
        texts.append(badge.text);
    return texts;
}

} // namespace

FailedPanel::FailedPanel(const PanelServices &services, DatabaseContext context, QWidget *parent)
    : Panel(std::move(context), parent), m_view(new ReadingView(services.workers, this)), m_message(new MessageBar(this)), m_summary(new ElidedLabel(this)), m_record(new RecordTeller(*this))
{
    setObjectName(u"failedPanel"_s);
    auto *name = new ElidedLabel(this);
    name->setText(title());
    name->setFont(sizedFont(font(), metrics::headingPx, QFont::DemiBold));
    name->setContentsMargins(metrics::space4, metrics::space2, metrics::space4, 0);
    m_summary->setObjectName(u"failedSummary"_s);
    m_summary->setFont(sizedFont(font(), metrics::captionPx));
    m_summary->setForegroundRole(QPalette::PlaceholderText);
    m_summary->setContentsMargins(metrics::space4, 0, metrics::space4, metrics::space2);
    m_view->setObjectName(u"failedList"_s);
    m_view->setAccessibleName(tr("Failed things"));
    m_view->setEmptyText(tr("Reading…"));
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(name);
    layout->addWidget(m_summary);
    layout->addWidget(m_message);
    layout->addWidget(m_view, 1);
    setFocusProxy(m_view);
    connect(m_message, &MessageBar::actionTriggered, this, &FailedPanel::reload);
    connect(m_view, &ReadingView::settled, this, [this] {
        if (m_isRead)
            emit settled();
    });
    connect(m_view, &ReadingView::currentChanged, this, &FailedPanel::showCurrent);
    connect(m_view, &ReadingView::bodiesWanted, this, &FailedPanel::readLast);
    connect(m_view, &ReadingView::linkActivated, this, [this](int head, const QString &id) {
        if (id.startsWith(u"url:"))
            askToOpenLink(id.mid(4), this);
        else if (const FailedRecord *record = recordAt(head))
            emit panelRequested(u"transcript"_s, recordArguments(listOf(head).table, record->key));
    });
    connect(m_view, &ReadingView::menuRequested, this, [this](int head, const QPoint &position) {
        const FailedRecord *record = recordAt(head);
        if (record == nullptr)
            return;
        const QString table = listOf(head).table;
        auto *menu = new QMenu(this);
        menu->setObjectName(u"failedMenu"_s);
        menu->setAttribute(Qt::WA_DeleteOnClose);
        menu->addAction(tr("Show the row in its table"), this, [this, table, key = record->key] { emit placeRequested(this->context().id, {this->context().profile->schema, table, {}}, key); });
        emit recordMenuOpening(menu, table, record->key);
        menu->popup(position);
    });
    reload();
}

std::optional<Record> FailedPanel::currentRecord() const
{
    return m_record->record();
}

FailedPanel::~FailedPanel()
{
    m_stop.request_stop();
}

void FailedPanel::reload()
{
    m_stop.request_stop();
    m_stop = {};
    const auto job = [context = context()](Connection &connection) { return readFailedLists({connection, *context.catalog, *context.profile}); };
    onResult(context().pool->read(job, m_stop.get_token()), this, [this](Result<std::vector<FailedList>> lists) {
        if (lists) {
            m_message->clear();
            accept(std::move(*lists));
        } else if (lists.error().code != ErrorCode::Cancelled) {
            m_view->setEmptyText({});
            m_message->showError(lists.error(), tr("Try again"));
            emit settled();
        }
    });
}

void FailedPanel::accept(std::vector<FailedList> lists)
{
    m_lists = std::move(lists);
    m_lines.clear();
    m_isRead = true;
    std::vector<ReadingHead> heads;
    QStringList summary;
    for (int list = 0; list < static_cast<int>(m_lists.size()); ++list) {
        const FailedList &of = m_lists[static_cast<std::size_t>(list)];
        const QString count = QLocale().toString(static_cast<qlonglong>(of.records.size())) + (of.hasMore ? u"+"_s : QString());
        summary.append(u"%1: %2"_s.arg(of.title, count));
        if (of.records.empty())
            continue;
        ReadingHead chapter;
        chapter.kind = ReadingHead::Kind::Chapter;
        chapter.title = u"%1 · %2"_s.arg(of.title, count);
        heads.push_back(chapter);
        m_lines.push_back({list, -1});
        const bool canBeRead = transcriptFor(*context().profile, of.table).has_value();
        for (int record = 0; record < static_cast<int>(of.records.size()); ++record) {
            const FailedRecord &each = of.records[static_cast<std::size_t>(record)];
            ReadingHead head;
            head.title = each.title;
            head.colour = 3;
            head.disc = u"!"_s; // initials are a person's
            QStringList badges = badgeTexts(context(), of, each);
            if (!badges.isEmpty())
                head.chip = badges.takeFirst();
            head.meta = badges.join(u" · "_s);
            head.length = of.last.isEmpty() ? 0 : usualLength;
            if (canBeRead)
                head.links.emplace_back(u"open"_s, tr("read"));
            heads.push_back(head);
            m_lines.push_back({list, record});
        }
    }
    m_summary->setText(summary.join(u" · "_s));
    m_view->setEmptyText(tr("Nothing has failed, and nothing is stuck."));
    const bool isEmpty = heads.empty();
    m_view->setHeads(std::move(heads), true);
    if (isEmpty)
        emit settled();
    else if (m_view->current() < 0)
        m_view->setCurrent(1); // the record beside it is not empty then
}

/// What was said last is read of what can be seen.
void FailedPanel::readLast(const std::vector<int> &heads)
{
    std::map<int, std::vector<int>> byList;
    for (const int head : heads) {
        if (recordAt(head) == nullptr || listOf(head).last.isEmpty())
            m_view->setBody(head, {});
        else
            byList[m_lines[static_cast<std::size_t>(head)].list].push_back(head);
    }
    for (const auto &[list, wanted] : byList) {
        std::vector<RowKey> keys;
        for (const int head : wanted)
            keys.push_back(recordAt(head)->key);
        const auto job = [context = context(), of = FailedList{{}, listOf(wanted.front()).table, {}, false, listOf(wanted.front()).last}, keys](Connection &connection) {
            return readLastEntries({connection, *context.catalog, *context.profile}, of, keys);
        };
        onResult(context().pool->read(job, m_stop.get_token()), this, [this, wanted = wanted, token = m_stop.get_token()](const Result<std::vector<std::vector<LastEntry>>> &last) {
            if (token.stop_requested())
                return;
            if (!last)
                m_message->showError(last.error(), tr("Try again"));
            for (std::size_t i = 0; i < wanted.size(); ++i)
                showLast(wanted[i], last ? (*last)[i] : std::vector<LastEntry>());
        });
    }
}

void FailedPanel::showLast(int head, const std::vector<LastEntry> &entries)
{
    ReadingPart part;
    part.format = u"text"_s;
    if (entries.empty())
        part.text = tr("Nothing was said.");
    for (const LastEntry &entry : entries) {
        if (!part.text.isEmpty())
            part.text += u'\n';
        if (!entry.speaker.isEmpty()) {
            part.marks.push_back({part.text.size(), entry.speaker.size(), {}, false, {}, true});
            part.text += entry.speaker + u"  "_s;
        }
        part.text += shortened(entry.text);
    }
    m_view->setBody(head, {part});
}

const FailedRecord *FailedPanel::recordAt(int head) const
{
    if (head < 0 || head >= static_cast<int>(m_lines.size()) || m_lines[static_cast<std::size_t>(head)].record < 0)
        return nullptr;
    const Line &line = m_lines[static_cast<std::size_t>(head)];
    return &m_lists[static_cast<std::size_t>(line.list)].records[static_cast<std::size_t>(line.record)];
}

void FailedPanel::showCurrent(int head)
{
    if (const FailedRecord *record = recordAt(head))
        m_record->tell(listOf(head).table, record->key);
}

void FailedPanel::copy(const QString &)
{
    m_view->copySelection();
}

PanelKind failedPanelKind()
{
    PanelKind kind;
    kind.id = u"failed"_s;
    kind.title = FailedPanel::tr("&Failed things first");
    kind.icon = u"warning"_s;
    kind.applies = [](const DatabaseContext &context) { return hasFailedLists(*context.profile); };
    kind.make = [](const PanelServices &services, const DatabaseContext &context, const QVariantMap &, QWidget *parent) -> Panel * { return new FailedPanel(services, context, parent); };
    return kind;
}

} // namespace turnstone
