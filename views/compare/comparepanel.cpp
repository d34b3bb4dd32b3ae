// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/compare/comparepanel.h"

#include "models/core/async.h"
#include "models/profiles/treepath.h"
#include "views/reading/elidedlabel.h"
#include "views/reading/openlink.h"
#include "views/reading/readingview.h"
#include "views/widgets/messagebar.h"
#include "views/widgets/theme.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QScopedValueRollback>
#include <QScrollBar>
#include <QSplitter>
#include <QThreadPool>
#include <QToolButton>
#include <QVBoxLayout>
#include <QtConcurrent>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int offered = 300;

QVariantList keyTexts(const RowKey &key)
{
    QVariantList texts;
    for (const Value &value : key)
        texts.append(TreePath::keyText(value.ref()));
    return texts;
}

RowKey keyFrom(const QVariant &texts)
{
    RowKey key;
    for (const QVariant &part : texts.toList())
        key.push_back(TreePath::keyValue(part.toString()));
    return key;
}

} // namespace

ComparePanel::ComparePanel(const PanelServices &services, DatabaseContext context, const QVariantMap &arguments, QWidget *parent)
    : Panel(std::move(context), parent), m_workers(services.workers), m_table(tableOf(arguments)), m_message(new MessageBar(this)), m_title(new ElidedLabel(this)),
      m_summary(new ElidedLabel(this)), m_add(new QComboBox(this)), m_onlyDifferent(new QToolButton(this)), m_columns(new QSplitter(Qt::Horizontal, this))
{
    setObjectName(u"comparePanel"_s);
    if (const RowKey key = keyOf(arguments); !key.empty())
        m_keys.push_back(key);
    for (const QVariant &each : arguments.value(u"with"_s).toList()) {
        if (RowKey key = keyFrom(each); !key.empty() && m_keys.size() < static_cast<std::size_t>(RecordComparison::most))
            m_keys.push_back(std::move(key));
    }
    build();
    start();
}

ComparePanel::~ComparePanel()
{
    m_stop.request_stop();
}

void ComparePanel::build()
{
    m_title->setObjectName(u"compareTitle"_s);
    m_title->setFont(sizedFont(font(), metrics::headingPx, QFont::DemiBold));
    m_summary->setObjectName(u"compareSummary"_s);
    m_summary->setFont(sizedFont(font(), metrics::captionPx));
    m_summary->setForegroundRole(QPalette::PlaceholderText);
    m_summary->setContentsMargins(metrics::space4, 0, metrics::space4, metrics::space2);
    m_add->setObjectName(u"addRecord"_s);
    m_add->setAccessibleName(tr("Record to compare with"));
    m_add->setEditable(true);
    m_add->setInsertPolicy(QComboBox::NoInsert);
    m_add->setPlaceholderText(tr("Add a record"));
    m_add->lineEdit()->setPlaceholderText(tr("Add a record"));
    m_add->lineEdit()->setAccessibleName(m_add->accessibleName());
    m_add->setMinimumContentsLength(18);
    m_add->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_onlyDifferent->setObjectName(u"onlyDifferent"_s);
    m_onlyDifferent->setText(tr("Only what differs"));
    m_onlyDifferent->setAccessibleName(tr("Show only fields that differ"));
    m_onlyDifferent->setCheckable(true);
    m_onlyDifferent->setAutoRaise(true);
    m_columns->setObjectName(u"compareColumns"_s);
    m_columns->setChildrenCollapsible(false);
    auto *head = new QHBoxLayout;
    head->setSpacing(metrics::space2);
    head->setContentsMargins(metrics::space4, metrics::space2, metrics::space2, 0);
    head->addWidget(m_title, 1);
    head->addWidget(m_add);
    head->addWidget(m_onlyDifferent);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(head);
    layout->addWidget(m_summary);
    layout->addWidget(m_message);
    layout->addWidget(m_columns, 1);
    connect(m_onlyDifferent, &QToolButton::toggled, this, &ComparePanel::showCompared);
    connect(m_add, &QComboBox::activated, this, &ComparePanel::addChosen);
    connect(m_add->lineEdit(), &QLineEdit::returnPressed, this, &ComparePanel::addChosen);
    connect(m_message, &MessageBar::actionTriggered, this, &ComparePanel::reload);
}

void ComparePanel::start()
{
    if (m_keys.empty()) {
        m_summary->setText(tr("Two to six records of a table can be compared. Choose one in a table or in the tree."));
        emit settled();
        return;
    }
    struct Beginning
    {
        RowKey partner;
        std::vector<std::pair<QString, RowKey>> choices;
    };
    const auto job = [context = context(), table = m_table, key = m_keys.front()](Connection &connection) -> Result<Beginning> {
        const LensScope scope{connection, *context.catalog, *context.profile};
        Result<RowKey> partner = usualPartner(scope, table, key);
        if (!partner)
            return failure(partner);
        Result<std::vector<std::pair<QString, RowKey>>> choices = comparable(scope, table, offered);
        if (!choices)
            return failure(choices);
        return Beginning{std::move(*partner), std::move(*choices)};
    };
    onResult(context().pool->read(job, m_stop.get_token()), this, [this](Result<Beginning> beginning) {
        if (!beginning) {
            m_message->showError(beginning.error(), tr("Try again"));
            emit settled();
            return;
        }
        m_choices = std::move(beginning->choices);
        for (const auto &[name, key] : m_choices)
            m_add->addItem(name);
        m_add->setCurrentIndex(-1);
        if (m_keys.size() == 1 && !beginning->partner.empty())
            m_keys.insert(m_keys.begin(), beginning->partner); // the parent is what a fork is seen against
        reload();
    });
}

QString ComparePanel::title() const
{
    const TableProfile *table = context().profile->table(m_table);
    return tr("Compare %1").arg(table == nullptr || table->title.isEmpty() ? m_table : table->title.toLower());
}

void ComparePanel::setKeys(std::vector<RowKey> keys)
{
    m_keys = std::move(keys);
    reload();
}

void ComparePanel::addChosen()
{
    const QString words = m_add->currentText().trimmed();
    if (words.isEmpty() || m_keys.size() >= static_cast<std::size_t>(RecordComparison::most))
        return;
    const auto found = std::ranges::find(m_choices, words, [](const auto &each) { return each.first; });
    std::vector<RowKey> keys = m_keys;
    if (found != m_choices.end()) {
        keys.push_back(found->second);
    } else {
        RowKey key; // not among the newest: its key as in paths
        for (const QString &part : words.section(u" · "_s, 0, 0).split(u','))
            key.push_back(TreePath::keyValue(part));
        keys.push_back(std::move(key));
    }
    m_add->setCurrentIndex(-1);
    m_add->clearEditText();
    setKeys(std::move(keys));
}

void ComparePanel::reload()
{
    if (m_keys.empty())
        return;
    m_stop.request_stop();
    m_stop = {};
    m_summary->setText(tr("Comparing…"));
    const auto job = [context = context(), table = m_table, keys = m_keys](Connection &connection) {
        return readComparison({connection, *context.catalog, *context.profile}, table, keys);
    };
    onResult(context().pool->read(job, m_stop.get_token()), this, [this](Result<RecordComparison> comparison) {
        if (comparison) {
            m_message->clear();
            accept(std::move(*comparison));
        } else if (comparison.error().code != ErrorCode::Cancelled) {
            if (m_keys.size() > 1)
                m_keys.pop_back(); // what was added last is not there
            m_summary->clear();
            m_message->showError(comparison.error(), tr("Try again"));
            emit settled();
        }
    });
}

void ComparePanel::accept(RecordComparison comparison)
{
    const auto work = [comparison = std::move(comparison), stop = m_stop.get_token()]() mutable {
        auto compared = std::make_shared<Compared>();
        compared->texts = compareFields(comparison, stop);
        compared->comparison = std::move(comparison);
        return std::shared_ptr<const Compared>(std::move(compared));
    };
    onResult(QtConcurrent::run(&m_workers, work), this, [this, token = m_stop.get_token()](const std::shared_ptr<const Compared> &compared) {
        if (token.stop_requested())
            return;
        m_compared = compared;
        showCompared();
        emit titleChanged();
    });
}

bool ComparePanel::isShown(std::size_t field) const
{
    const std::vector<ComparedText> &texts = m_compared->texts[field];
    return !m_onlyDifferent->isChecked() || std::any_of(texts.begin(), texts.end(), [](const ComparedText &text) { return !text.isSame; });
}

void ComparePanel::showCompared()
{
    if (m_compared == nullptr)
        return;
    const RecordComparison &comparison = m_compared->comparison;
    const int records = static_cast<int>(comparison.titles.size());
    while (static_cast<int>(m_views.size()) > records) {
        delete m_views.back();
        m_views.pop_back();
    }
    while (static_cast<int>(m_views.size()) < records) {
        auto *view = new ReadingView(m_workers, m_columns);
        const int record = static_cast<int>(m_views.size());
        view->setObjectName(u"compared%1"_s.arg(record));
        m_columns->addWidget(view);
        m_views.push_back(view);
        if (record == 0)
            setFocusProxy(view);
        connect(view, &ReadingView::bodiesWanted, this, [this, record](const std::vector<int> &entries) { showBodies(record, entries); });
        connect(view->verticalScrollBar(), &QScrollBar::valueChanged, this, [this, record] { followScroll(record); });
        connect(view, &ReadingView::settled, this, [this] {
            if (std::ranges::all_of(m_views, &ReadingView::isSettled))
                emit settled();
        });
        connect(view, &ReadingView::linkActivated, this, [this](int, const QString &id) {
            if (id.startsWith(u"url:"))
                askToOpenLink(id.mid(4), this);
        });
    }
    m_title->setText(title());
    int differing = 0;
    bool isCoarse = false;
    for (std::size_t field = 0; field < comparison.fields.size(); ++field) {
        differing += std::ranges::any_of(m_compared->texts[field], [](const ComparedText &text) { return !text.isSame; }) ? 1 : 0;
        isCoarse = isCoarse || std::ranges::any_of(m_compared->texts[field], &ComparedText::isCoarse);
    }
    m_summary->setText(records < 2 ? tr("Add a record to compare with.")
                                   : tr("%1 of %2 fields differ").arg(differing).arg(comparison.fields.size())
            + (isCoarse ? tr(" · some texts differ in so much that parts of them were not compared word by word") : QString()));
    m_add->setEnabled(records < RecordComparison::most);
    for (int record = 0; record < records; ++record) {
        std::vector<ReadingHead> heads;
        ReadingHead name;
        name.kind = ReadingHead::Kind::Chapter;
        name.title = comparison.titles[record];
        heads.push_back(name);
        for (std::size_t field = 0; field < comparison.fields.size(); ++field) {
            if (!isShown(field))
                continue;
            const ComparedText &text = m_compared->texts[field][static_cast<std::size_t>(record)];
            ReadingHead head;
            head.title = comparison.fields[field].title;
            head.colour = text.isSame ? -1 : record;
            head.disc = text.isSame ? u""_s : u"≠"_s;
            head.length = comparison.fields[field].texts[record].size();
            head.start = comparison.fields[field].texts[record].left(200);
            if (record > 0)
                head.meta = text.isSame ? tr("the same") : tr("%1 % alike").arg(QLocale().toString(text.likeness * 100, 'f', 0));
            heads.push_back(head);
        }
        m_views[static_cast<std::size_t>(record)]->setAccessibleName(comparison.titles[record]);
        m_views[static_cast<std::size_t>(record)]->setHeads(std::move(heads), true);
    }
}

void ComparePanel::showBodies(int record, const std::vector<int> &entries)
{
    const RecordComparison &comparison = m_compared->comparison;
    std::vector<std::size_t> shown;
    for (std::size_t field = 0; field < comparison.fields.size(); ++field) {
        if (isShown(field))
            shown.push_back(field);
    }
    const Tokens &tokens = Tokens::of(palette());
    for (const int entry : entries) {
        if (entry < 1 || entry > static_cast<int>(shown.size()))
            continue;
        const std::size_t field = shown[static_cast<std::size_t>(entry) - 1];
        const QString &text = comparison.fields[field].texts[record];
        ReadingPart part;
        part.text = text.isNull() ? comparison.fields[field].isPart ? tr("(not there)") : tr("NULL") : text.isEmpty() ? tr("(empty)") : text;
        part.format = comparison.fields[field].isJson ? u"code"_s : u"text"_s;
        const auto markRuns = [&](const std::vector<DiffRun> &runs, DiffRun::Kind kind, const QColor &colour) {
            QColor ground = colour;
            ground.setAlphaF(0.22F);
            for (const DiffRun &run : runs) {
                if (run.kind == kind)
                    part.marks.push_back({kind == DiffRun::Kind::Removed ? run.firstStart : run.secondStart, kind == DiffRun::Kind::Removed ? run.firstLength : run.secondLength, ground, false, {}, false});
            }
        };
        if (record > 0)
            markRuns(m_compared->texts[field][static_cast<std::size_t>(record)].runs, DiffRun::Kind::Added, tokens.good);
        else if (comparison.titles.size() == 2)
            markRuns(m_compared->texts[field][1].runs, DiffRun::Kind::Removed, tokens.bad);
        m_views[static_cast<std::size_t>(record)]->setBody(entry, {part});
    }
}

void ComparePanel::followScroll(int record)
{
    if (m_isFollowing || record >= static_cast<int>(m_views.size()))
        return;
    const ReadingView *moved = m_views[static_cast<std::size_t>(record)];
    if (!moved->underMouse() && !moved->hasFocus())
        return;
    // The same part of the same field stands at the top of all of them.
    const QScopedValueRollback following(m_isFollowing, true);
    const int first = moved->firstVisible();
    if (first < 0 || first >= moved->count())
        return;
    const QRect place = moved->rectOf(first);
    const double part = place.height() > 0 ? -place.top() / static_cast<double>(place.height()) : 0;
    for (ReadingView *other : m_views) {
        if (other == moved || first >= other->count())
            continue;
        const QRect same = other->rectOf(first);
        QScrollBar *bar = other->verticalScrollBar();
        bar->setValue(bar->value() + same.top() + static_cast<int>(part * same.height()));
    }
}

QVariantMap ComparePanel::saveState() const
{
    QVariantList keys;
    for (const RowKey &key : m_keys)
        keys.append(QVariant(keyTexts(key)));
    return {{u"keys"_s, keys}, {u"different"_s, m_onlyDifferent->isChecked()}};
}

void ComparePanel::restoreState(const QVariantMap &state)
{
    m_onlyDifferent->setChecked(state.value(u"different"_s).toBool());
    std::vector<RowKey> keys;
    for (const QVariant &each : state.value(u"keys"_s).toList())
        keys.push_back(keyFrom(each));
    if (!keys.empty())
        setKeys(std::move(keys));
}

void ComparePanel::copy(const QString &)
{
    for (ReadingView *view : m_views) {
        if (view->hasFocus())
            view->copySelection();
    }
}

PanelKind comparePanelKind()
{
    PanelKind kind;
    kind.id = u"compare"_s;
    kind.title = ComparePanel::tr("Com&pare");
    kind.icon = u"view"_s;
    kind.recordTitle = [](const DatabaseContext &context, const QString &table) {
        const CatalogTable *known = context.catalog->table(table, context.profile->schema);
        return known == nullptr || known->identityColumns().isEmpty() ? QString() : ComparePanel::tr("Compare");
    };
    kind.make = [](const PanelServices &services, const DatabaseContext &context, const QVariantMap &arguments, QWidget *parent) -> Panel * {
        return new ComparePanel(services, context, arguments, parent);
    };
    return kind;
}

} // namespace turnstone
