// Command operator is an ordinary operator built on controller-runtime. It knows nothing of kubeve: it shows that a program
// written for Kubernetes runs against it unchanged. It elects a leader, caches by informers, applies what it owns with
// server-side apply, keeps status and conditions, records Events, and cleans up by a finalizer.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"time"

	corev1 "k8s.io/api/core/v1"
	apimeta "k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	applycore "k8s.io/client-go/applyconfigurations/core/v1"
	applymeta "k8s.io/client-go/applyconfigurations/meta/v1"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/tools/events"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"
)

const (
	finalizer = "test.kubeve.io/clean-up"
	owner     = client.FieldOwner("shelf-operator")
)

// Shelf is the operator's own kind: a list of books, each of which becomes a ConfigMap, and an Application to go with it.
type Shelf struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`
	Spec              ShelfSpec   `json:"spec"`
	Status            ShelfStatus `json:"status,omitempty"`
}

type ShelfSpec struct {
	Books []string `json:"books,omitempty"`
}

type ShelfStatus struct {
	ObservedGeneration int64              `json:"observedGeneration,omitempty"`
	Books              int                `json:"books"`
	Leader             string             `json:"leader,omitempty"`
	Conditions         []metav1.Condition `json:"conditions,omitempty"`
}

type ShelfList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []Shelf `json:"items"`
}

func (s *Shelf) DeepCopyObject() runtime.Object {
	out := *s
	s.ObjectMeta.DeepCopyInto(&out.ObjectMeta)
	out.Spec.Books = append([]string(nil), s.Spec.Books...)
	out.Status.Conditions = append([]metav1.Condition(nil), s.Status.Conditions...)
	return &out
}

func (l *ShelfList) DeepCopyObject() runtime.Object {
	out := *l
	out.Items = nil
	for i := range l.Items {
		out.Items = append(out.Items, *l.Items[i].DeepCopyObject().(*Shelf))
	}
	return &out
}

type reconciler struct {
	client.Client
	events   events.EventRecorder
	identity string
}

func (r *reconciler) Reconcile(ctx context.Context, req ctrl.Request) (ctrl.Result, error) {
	shelf := &Shelf{}
	if err := r.Get(ctx, req.NamespacedName, shelf); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	if !shelf.DeletionTimestamp.IsZero() {
		return ctrl.Result{}, r.cleanUp(ctx, shelf)
	}
	if controllerutil.AddFinalizer(shelf, finalizer) {
		if err := r.Update(ctx, shelf); err != nil {
			return ctrl.Result{}, err
		}
	}
	for _, book := range shelf.Spec.Books {
		if err := r.applyBook(ctx, shelf, book); err != nil {
			return ctrl.Result{}, fmt.Errorf("apply %s: %w", book, err)
		}
	}
	if err := r.pruneBooks(ctx, shelf); err != nil {
		return ctrl.Result{}, err
	}
	return ctrl.Result{}, r.report(ctx, shelf)
}

// applyBook owns one ConfigMap by server-side apply.
func (r *reconciler) applyBook(ctx context.Context, shelf *Shelf, book string) error {
	reference := applymeta.OwnerReference().
		WithAPIVersion("test.kubeve.io/v1").WithKind("Shelf").WithName(shelf.Name).WithUID(shelf.UID).
		WithController(true).WithBlockOwnerDeletion(true)
	config := applycore.ConfigMap(shelf.Name+"-"+book, shelf.Namespace).
		WithLabels(map[string]string{"shelf": shelf.Name}).
		WithOwnerReferences(reference).
		WithData(map[string]string{"title": book})
	return r.Apply(ctx, config, owner, client.ForceOwnership)
}

func (r *reconciler) pruneBooks(ctx context.Context, shelf *Shelf) error {
	wanted := map[string]bool{}
	for _, book := range shelf.Spec.Books {
		wanted[shelf.Name+"-"+book] = true
	}
	list := &corev1.ConfigMapList{}
	if err := r.List(ctx, list, client.InNamespace(shelf.Namespace), client.MatchingLabels{"shelf": shelf.Name}); err != nil {
		return err
	}
	for i := range list.Items {
		if !wanted[list.Items[i].Name] {
			if err := r.Delete(ctx, &list.Items[i]); client.IgnoreNotFound(err) != nil {
				return err
			}
		}
	}
	return nil
}

// report patches the status subresource and tells the world when something changed.
func (r *reconciler) report(ctx context.Context, shelf *Shelf) error {
	before := shelf.DeepCopyObject().(*Shelf)
	shelf.Status.ObservedGeneration = shelf.Generation
	shelf.Status.Books = len(shelf.Spec.Books)
	shelf.Status.Leader = r.identity
	changed := apimeta.SetStatusCondition(&shelf.Status.Conditions, metav1.Condition{
		Type: "Ready", Status: metav1.ConditionTrue, Reason: "Stocked", Message: fmt.Sprintf("%d books", len(shelf.Spec.Books)),
		ObservedGeneration: shelf.Generation,
	})
	if !changed && before.Status.Leader == r.identity {
		return nil
	}
	if err := r.Status().Patch(ctx, shelf, client.MergeFromWithOptions(before, client.MergeFromWithOptimisticLock{})); err != nil {
		return err
	}
	r.events.Eventf(shelf, nil, corev1.EventTypeNormal, "Stocked", "Stock", "%d books", shelf.Status.Books)
	return nil
}

// cleanUp leaves a mark that outlives the shelf, then lets it go.
func (r *reconciler) cleanUp(ctx context.Context, shelf *Shelf) error {
	if !controllerutil.ContainsFinalizer(shelf, finalizer) {
		return nil
	}
	mark := &unstructured.Unstructured{}
	mark.SetGroupVersionKind(schema.GroupVersionKind{Version: "v1", Kind: "ConfigMap"})
	mark.SetNamespace(shelf.Namespace)
	mark.SetName("gone-" + shelf.Name)
	if err := r.Create(ctx, mark); client.IgnoreAlreadyExists(err) != nil {
		return err
	}
	controllerutil.RemoveFinalizer(shelf, finalizer)
	return r.Update(ctx, shelf)
}

func main() {
	identity := flag.String("identity", "one", "who this is")
	namespace := flag.String("namespace", "default", "where the lease is")
	flag.Parse()
	ctrl.SetLogger(zap.New(zap.UseDevMode(true)))
	group := schema.GroupVersion{Group: "test.kubeve.io", Version: "v1"}
	scheme.Scheme.AddKnownTypes(group, &Shelf{}, &ShelfList{})
	metav1.AddToGroupVersion(scheme.Scheme, group)
	lease, renew, retry := 4*time.Second, 3*time.Second, 500*time.Millisecond
	manager, err := ctrl.NewManager(ctrl.GetConfigOrDie(), ctrl.Options{
		Scheme:                        scheme.Scheme,
		Metrics:                       metricsserver.Options{BindAddress: "0"},
		LeaderElection:                true,
		LeaderElectionID:              "shelf-operator",
		LeaderElectionNamespace:       *namespace,
		LeaderElectionReleaseOnCancel: true,
		LeaseDuration:                 &lease,
		RenewDeadline:                 &renew,
		RetryPeriod:                   &retry,
	})
	if err != nil {
		fail(err)
	}
	r := &reconciler{Client: manager.GetClient(), events: manager.GetEventRecorder("shelf-operator"), identity: *identity}
	if err := ctrl.NewControllerManagedBy(manager).For(&Shelf{}).Owns(&corev1.ConfigMap{}).Complete(r); err != nil {
		fail(err)
	}
	if err := manager.Start(ctrl.SetupSignalHandler()); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
